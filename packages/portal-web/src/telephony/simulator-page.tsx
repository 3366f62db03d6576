import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Failure, Page } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { demoStateQuery } from "./demo-state.ts";
import { PlaceCallForm } from "./place-call-form.tsx";
import { SteadyStream } from "./steady-stream.tsx";

/** Lets fictional callers call, on demonstration installations. */
export function SimulatorPage(): ReactElement {
  const t = useT();
  const demo = useQuery(demoStateQuery);
  return (
    <Page title={t("shell.simulator")} intro={t("simulator.intro")}>
      {demo.isPending && <Skeleton height={420} role="status" aria-label={t("shell.loading")} />}
      {demo.isError && demo.data === undefined && (
        <Failure error={demo.error} onRetry={() => void demo.refetch()} />
      )}
      {demo.data !== undefined && (
        <>
          <Text role="status">{t("simulator.openCalls", { count: demo.data.openCalls })}</Text>
          <PlaceCallForm demo={demo.data} />
          <SteadyStream stream={demo.data.stream} />
        </>
      )}
    </Page>
  );
}
