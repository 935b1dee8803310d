import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Dialog.module.css";
import { Form } from "./Form";
import { useFocusBack } from "./useFocusBack";

interface Props {
  opened: boolean;
  onClose: () => void;
  onSubmit: () => void;
  title: string;
  /** What will happen when it is submitted. */
  text?: ReactNode;
  /** What the button does: "Switch off", never "OK" alone where it can say more. Without it there is nothing to do. */
  submit?: string;
  /** What was done can't be taken back any more: the way out says "Close". */
  done?: boolean;
  /** It holds more than a few fields. */
  wide?: boolean;
  /** The act takes something away. */
  danger?: boolean;
  busy?: boolean;
  problems?: readonly string[];
  answer?: unknown;
  children?: ReactNode;
}

/** A dialog that asks for something before an act; render it when it opens. The first field has the focus; Escape and Cancel do nothing. */
export function FormDialog({
  opened,
  onClose,
  onSubmit,
  title,
  text,
  submit,
  wide,
  done,
  danger,
  busy,
  problems,
  answer,
  children,
}: Props) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened={opened}
      onClose={busy ? () => {} : onClose}
      title={<span className={classes.title}>{title}</span>}
      closeButtonProps={{ "aria-label": t("dialog.close") }}
      size={wide ? "44rem" : "27rem"}
      radius="lg"
      classNames={{ content: classes.content }}
    >
      <Form onSubmit={onSubmit} problems={problems} answer={answer}>
        {text && <div className={classes.text}>{text}</div>}
        {children}
        <div className={`${classes.actions} ${classes.foot}`}>
          <Button
            variant="default"
            onClick={onClose}
            disabled={busy}
            // Without a field, the harmless button has the focus: a stray Enter does nothing.
            data-autofocus={children ? undefined : true}
          >
            {t(done || !submit ? "dialog.close" : "dialog.cancel")}
          </Button>
          {submit && (
            <Button type="submit" color={danger ? "red.8" : undefined} loading={busy}>
              {submit}
            </Button>
          )}
        </div>
      </Form>
    </Modal>
  );
}
