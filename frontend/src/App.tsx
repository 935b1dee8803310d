import { MantineProvider } from "@mantine/core";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense } from "react";
import { ApiProvider } from "./lib/api/ApiProvider";
import type { Api } from "./lib/api/api";
import type { makeRouter } from "./router";
import { Direction } from "./ui/Direction";
import { Toasts } from "./ui/Toasts";
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
        <Toasts />
        <Suspense fallback={<Waiting />}>
          <ApiProvider api={api}>
            <RouterProvider router={router} />
          </ApiProvider>
        </Suspense>
      </MantineProvider>
    </Direction>
  );
}
