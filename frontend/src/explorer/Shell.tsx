import { MantineProvider } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { Direction } from "../ui/Direction";
import { Toasts } from "../ui/Toasts";
import { schemeManager, theme } from "../ui/theme";
import { Waiting } from "../ui/Waiting";

/** What stands around everything the explorer shows: the look and the direction of the app. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <Direction>
      <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemeManager}>
        <Toasts />
        <Suspense fallback={<Waiting />}>{children}</Suspense>
      </MantineProvider>
    </Direction>
  );
}
