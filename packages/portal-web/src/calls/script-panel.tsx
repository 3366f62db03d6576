import { Accordion, Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import { usePerson } from "../identity/index.ts";
import type { Call } from "./call.ts";
import { useProgrammeOf } from "./programmes.ts";

interface ScriptPanelProps {
  readonly call: Call;
}

/** The opening sentence and script of the programme that this call is answered for. */
export function ScriptPanel({ call }: ScriptPanelProps): ReactElement {
  const t = useT();
  const { programme } = useProgrammeOf(call);
  const firstName = usePerson().displayName.split(" ")[0] ?? "";
  return (
    <Accordion variant="separated" order={2}>
      <Accordion.Item value="script">
        <Accordion.Control>{t("desk.script")}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="xs">
            <Text fw={600} lang={call.language}>
              {programme?.greeting.replace("{name}", () => firstName)}
            </Text>
            {programme?.script.map((paragraph) => (
              <Text key={paragraph} size="sm">
                {paragraph}
              </Text>
            ))}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
