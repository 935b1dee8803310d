import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense } from "react";
import { ApiProvider } from "./lib/api/ApiProvider";
import type { Api } from "./lib/api/api";
import type { makeRouter } from "./router";
import { Direction } from "./ui/Direction";
import { schemeManager, theme } from "./ui/theme";
import { Waiting } from "./ui/Waiting";

interface Props {
  api: Api;
  router: ReturnType<typeof makeRouter>;
  /** Of this response's Content-Security-Policy, for the style tags that Mantine writes. */
  nonce?: string;
}

export function App({ api, router, nonce = "" }: Props) {
  return (
    <Direction>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={schemeManager}
        getStyleNonce={() => nonce}
      >
        <Notifications position="bottom-right" limit={4} containerWidth="24rem" />
        <Suspense fallback={<Waiting />}>
          <ApiProvider api={api}>
            <RouterProvider router={router} />
          </ApiProvider>
        </Suspense>
      </MantineProvider>
    </Direction>
  );
}
