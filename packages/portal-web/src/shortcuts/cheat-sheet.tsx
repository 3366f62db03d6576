import { Group, Modal, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useT } from "../i18n/index.ts";
import { type CommandGroup, commandGroups, commandIds, commands } from "./commands.ts";
import { Keys } from "./keys.tsx";
import { ShortcutSwitch } from "./shortcut-switch.tsx";
import { useCommand } from "./use-command.ts";

/** All commands with their keys, opened by one of them. */
export function CheatSheet(): ReactElement {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  useCommand("cheat-sheet.open", () => setOpen((open) => !open));
  return (
    <Modal
      opened={isOpen}
      onClose={() => setOpen(false)}
      title={t("shortcuts.cheatSheet")}
      size="xl"
      closeButtonProps={{ "aria-label": t("shell.close") }}
    >
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {commandGroups.map((group) => (
            <CommandList key={group} group={group} />
          ))}
        </SimpleGrid>
        <ShortcutSwitch />
      </Stack>
    </Modal>
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
