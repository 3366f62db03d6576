import { Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Dialog } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { type CommandGroup, commandGroups, commandIds, commands } from "./commands.ts";
import { Keys } from "./keys.tsx";
import { ShortcutSwitch } from "./shortcut-switch.tsx";
import { useCommand } from "./use-command.ts";

/** All commands with their keys, opened by one of them. */
export function CheatSheet(): ReactElement | null {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  useCommand("cheat-sheet.open", () => setOpen((open) => !open));
  if (!isOpen) return null;
  return (
    <Dialog title={t("shortcuts.cheatSheet")} size="xl" onClose={() => setOpen(false)}>
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {commandGroups.map((group) => (
            <CommandList key={group} group={group} />
          ))}
        </SimpleGrid>
        <ShortcutSwitch />
      </Stack>
    </Dialog>
  );
}

interface CommandListProps {
  readonly group: CommandGroup;
}

function CommandList({ group }: CommandListProps): ReactElement {
  const t = useT();
  return (
    <Stack gap={6} component="section">
      <Title order={3} size="h6">
        {t(`shortcuts.group.${group}`)}
      </Title>
      {commandIds
        .filter((id) => commands[id].group === group)
        .map((id) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <Text size="sm">{t(commands[id].label)}</Text>
            <Keys command={id} />
          </Group>
        ))}
    </Stack>
  );
}
