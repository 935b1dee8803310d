import { type Icon, IconSearchOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Notice } from "./Notice";

interface Props {
  icon?: Icon;
  title: string;
  /** What to do about it. */
  children?: ReactNode;
  actions?: ReactNode;
}

/** A list without rows: says so, why, and what to do. */
export function EmptyState({ icon = IconSearchOff, ...rest }: Props) {
  return <Notice icon={icon} {...rest} />;
}
