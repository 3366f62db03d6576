import { Group, NumberInput, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { errorCode, insist } from "../api/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { type DemoState, demoStateQuery } from "./demo-state.ts";

interface SteadyStreamProps {
  readonly stream: DemoState["stream"];
}

/** A steady stream of fictional callers, on or off. */
export function SteadyStream({ stream }: SteadyStreamProps): ReactElement {
  const t = useT();
  const queryClient = useQueryClient();
  const [perMinute, setPerMinute] = useState(stream.callsPerMinute);
  const set = useMutation({
    mutationFn: async (body: DemoState["stream"]) => (await insist("setDemoStream", { body })).data,
    onSettled: () => queryClient.invalidateQueries({ queryKey: demoStateQuery.queryKey }),
  });
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="steady-stream">
      <Stack gap="sm">
        <Title order={2} size="h5" id="steady-stream">
          {t("simulator.streamTitle")}
        </Title>
        <Group align="flex-end">
          <NumberInput
            label={t("simulator.perMinute")}
            value={perMinute}
            min={0.1}
            max={600}
            decimalScale={1}
            hideControls
            onChange={(value) =>
              setPerMinute(typeof value === "number" && value >= 0.1 ? value : 1)
            }
          />
          <Switch
            label={t("simulator.streamOn")}
            checked={stream.isOn}
            disabled={set.isPending}
            onChange={(event) =>
              set.mutate({ isOn: event.currentTarget.checked, callsPerMinute: perMinute })
            }
          />
        </Group>
        {set.isError && (
          <Text role="alert" size="sm" c="red">
            {refusal(t, errorCode(set.error))}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
