import { Modal } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import dialog from "../../ui/Dialog.module.css";

interface Props {
  title: string;
  text: string;
  onClose: () => void;
  /** What stands there before is gone: the title gets the focus, so that screen readers tell of it. */
  arrived?: boolean;
  children: ReactNode;
}

/** A dialog of several steps. A click beside it does not close it: what it shows is shown once. */
export function FactorDialog({ title, text, onClose, arrived = false, children }: Props) {
  const { t } = useTranslation();
  const heading = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (arrived) heading.current?.focus();
  }, [arrived]);
  return (
    <Modal
      opened
      onClose={onClose}
      title={
        <span className={dialog.title} ref={heading} tabIndex={-1} style={{ outline: 0 }}>
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
