import { useDirection } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Notifications } from "@mantine/notifications";

/**
 * Where toasts stand: below, where the line begins, for the buttons of dialogs and rows are at its end; above where there is
 * no room beside those. Mantine knows only left and right here.
 */
export function Toasts() {
  const { dir } = useDirection();
  const narrow = useMediaQuery("(max-width: 48em)");
  const below = dir === "rtl" ? "bottom-right" : "bottom-left";
  return <Notifications position={narrow ? "top-center" : below} limit={narrow ? 2 : 4} containerWidth="24rem" />;
}
