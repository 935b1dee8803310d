import { FormDialog } from "./FormDialog";

interface Props {
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  /** What will happen. */
  text: React.ReactNode;
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  problems?: readonly string[];
}

/** Asks before an act, and says what will happen. Cancel has the focus. */
export function ConfirmDialog({ onConfirm, confirm, ...rest }: Props) {
  return <FormDialog onSubmit={onConfirm} submit={confirm} {...rest} />;
}
