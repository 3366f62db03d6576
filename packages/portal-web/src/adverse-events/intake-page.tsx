import { NativeSelect, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { type Answer, send } from "../api/index.ts";
import { Notice, Page } from "../feedback/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { useWorkspace } from "../outbox/index.ts";
import { callInHandDraft, isRememberedCall, type RememberedCall } from "./remembered-call.ts";
import type { KnownOfCall } from "./report-draft.ts";
import { ReportForm } from "./report-form.tsx";
import { useReport } from "./use-report.ts";

const nothingKnown: KnownOfCall = {
  patientId: null,
  callerName: null,
  callerPhone: null,
  relationship: null,
};

type Lookup =
  | { readonly kind: "looking" }
  | { readonly kind: "found"; readonly call: RememberedCall | null };

/** The intake without a desk: works after a reload while no region answers. */
export function IntakePage(): ReactElement {
  const t = useT();
  const drafts = useWorkspace()?.drafts ?? null;
  const [lookup, setLookup] = useState<Lookup>({ kind: "looking" });
  useEffect(() => {
    let isCurrent = true;
    const reading = drafts?.read(callInHandDraft).catch(() => null);
    void reading?.then((stored) => {
      if (isCurrent) setLookup({ kind: "found", call: isRememberedCall(stored) ? stored : null });
    });
    return () => {
      isCurrent = false;
    };
  }, [drafts]);
  return (
    <Page title={t("adverseEvents.offlineTitle")} intro={t("adverseEvents.offlineText")}>
      {lookup.kind === "looking" ? (
        <Skeleton height={320} role="status" aria-label={t("shell.loading")} />
      ) : (
        <OfflineReport remembered={lookup.call} />
      )}
    </Page>
  );
}

interface OfflineReportProps {
  readonly remembered: RememberedCall | null;
}

function OfflineReport({ remembered }: OfflineReportProps): ReactElement {
  const t = useT();
  const [chosen, setChosen] = useState<string>("");
  const report = useReport(
    remembered === null ? "intake:unlinked" : `intake:${remembered.callId}`,
    remembered?.known ?? nothingKnown,
  );
  const callId = remembered?.callId ?? (chosen === "" ? null : chosen);
  return (
    <Paper withBorder p="md">
      <Stack>
        {remembered === null ? (
          <CallChoice chosen={chosen} onChoose={setChosen} />
        ) : (
          <Text size="sm">
            {t("adverseEvents.belongsTo", {
              time: new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "short" }).format(
                new Date(remembered.callStartTime),
              ),
              phone: remembered.known.callerPhone ?? t("desk.numberHidden"),
            })}
          </Text>
        )}
        <ReportForm report={report} callId={callId} patientName={remembered?.patientName ?? null} />
      </Stack>
    </Paper>
  );
}

type Calls = Answer<"listCalls">["items"];

const ownCallsQuery = queryOptions({
  queryKey: ["own-calls"],
  queryFn: async ({ signal }): Promise<Calls> =>
    (await send("listCalls", { query: { limit: 20 }, background: true }, signal)).data.items,
  retry: false,
});

interface CallChoiceProps {
  readonly chosen: string;
  readonly onChoose: (callId: string) => void;
}

/** A report needs its call. Until one can be chosen the report stays a draft on this computer, and says so. */
function CallChoice({ chosen, onChoose }: CallChoiceProps): ReactElement {
  const t = useT();
  const calls = useQuery(ownCallsQuery);
  const time = new Intl.DateTimeFormat(currentLanguage(), {
    dateStyle: "short",
    timeStyle: "short",
  });
  if (calls.data === undefined)
    return (
      <Notice tone="calm" role="status">
        {t("adverseEvents.callLater")}
      </Notice>
    );
  return (
    <NativeSelect
      label={t("adverseEvents.whichCall")}
      value={chosen}
      data={[
        { value: "", label: t("desk.choose") },
        ...calls.data.map((call) => ({
          value: call.callId,
          label: `${time.format(new Date(call.callStartTime))} · ${call.callerPhoneNumber ?? t("desk.numberHidden")}`,
        })),
      ]}
      onChange={(event) => onChoose(event.currentTarget.value)}
    />
  );
}
