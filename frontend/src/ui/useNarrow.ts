import { useMediaQuery } from "@mantine/hooks";

/** Whether the screen is too narrow for columns: what has a card for each row shows those. */
export const useNarrow = () => useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
