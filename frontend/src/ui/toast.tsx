import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import i18next from "i18next";

// A refusal stays until it was read: sentences with what to do need time (WCAG 2.2.1).
/** Says that something went well. The same sentence is not stacked; nor are several that take each other's place. */
export function toastGood(message: string, place = message): void {
  notifications.hide(place);
  notifications.show({
    id: place,
    message,
    color: "teal",
    icon: <IconCheck size={16} stroke={2.2} />,
    autoClose: 6000,
    ...close(),
  });
}

/** Says that something was refused; the same sentence is not stacked. */
export function toastBad(message: string): void {
  notifications.hide(message);
  notifications.show({
    id: message,
    message,
    color: "red",
    icon: <IconAlertTriangle size={16} stroke={2} />,
    autoClose: 15000,
    role: "alert",
    ...close(),
  });
}

const close = () => ({ closeButtonProps: { "aria-label": i18next.t("dialog.close") } });
