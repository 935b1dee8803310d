import { useDirection } from "@mantine/core";
import { Notifications } from "@mantine/notifications";

/** Where toasts stand: below, at the end of the line. Mantine knows only left and right here. */
export function Toasts() {
  const { dir } = useDirection();
  return <Notifications position={dir === "rtl" ? "bottom-left" : "bottom-right"} limit={4} containerWidth="24rem" />;
}
