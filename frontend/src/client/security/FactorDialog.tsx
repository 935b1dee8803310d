import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import dialog from "../../ui/Dialog.module.css";

interface Props {
  title: string;
  text: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A step with a factor. The title has the focus, so that screen readers tell of each step. A click beside it does not
 * close it: what it shows is shown once.
 */
export function FactorDialog({ title, text, onClose, children }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={
        <span className={dialog.title} tabIndex={-1} style={{ outline: 0 }} data-autofocus="">
          {title}
        </span>
      }
      closeButtonProps={{ "aria-label": t("dialog.close") }}
      closeOnClickOutside={false}
      size="29rem"
      radius="lg"
    >
      <p className={dialog.text} style={{ marginBlockEnd: "1rem" }}>
        {text}
      </p>
      {children}
    </Modal>
  );
}
