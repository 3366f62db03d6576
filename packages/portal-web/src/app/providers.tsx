import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { LiveRegions } from "../announce/index.ts";
import { ApiError } from "../api/index.ts";
import { listenForShortcuts } from "../shortcuts/index.ts";
import { watchService } from "../status/index.ts";
import { router } from "./router.tsx";
import { styleNonce } from "./style-nonce.ts";
import { cssVariables, theme } from "./theme.ts";

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 3 && error instanceof ApiError && error.retryable,
      retryDelay: (failures) => Math.min(4_000, 400 * 2 ** failures),
      refetchOnWindowFocus: false,
      // The desk talks to its own origin; the browser's guess about the internet does not matter.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

/** The whole application. */
export function App(): ReactElement {
  useEffect(listenForShortcuts, []);
  useEffect(() => {
    const life = new AbortController();
    watchService(life.signal).catch(() => {});
    return () => life.abort();
  }, []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      deduplicateInlineStyles
    >
      <LiveRegions />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
