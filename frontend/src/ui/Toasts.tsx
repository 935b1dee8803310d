import { useDirection } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Notifications } from "@mantine/notifications";

/**
 * Where toasts stand: below, at the end of the line; on a phone above, for the buttons are below. Mantine knows only left
 * and right here.
 */
export function Toasts() {
  const { dir } = useDirection();
  const narrow = useMediaQuery("(max-width: 30em)");
  const below = dir === "rtl" ? "bottom-left" : "bottom-right";
  return <Notifications position={narrow ? "top-center" : below} limit={narrow ? 2 : 4} containerWidth="24rem" />;
}
