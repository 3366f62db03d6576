import { Spotlight, spotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.layer.css";
import { type ReactElement, useEffect, useSyncExternalStore } from "react";
import { useT } from "../i18n/index.ts";
import { availableCommands, runCommand, subscribeToCommands } from "./command-registry.ts";
import { commandGroups, commandIds, commands } from "./commands.ts";
import { Keys } from "./keys.tsx";

interface CommandPaletteProps {
  /** Grows by one each time the palette is asked for. */
  readonly openings: number;
}

/** Finds and runs any command that the screen offers right now. */
export function CommandPalette({ openings }: CommandPaletteProps): ReactElement {
  const t = useT();
  const available = useSyncExternalStore(subscribeToCommands, availableCommands);
  useEffect(() => {
    if (openings > 0) spotlight.open();
  }, [openings]);
  const actions = commandGroups.map((group) => ({
    group: t(`shortcuts.group.${group}`),
    actions: commandIds
      .filter((id) => commands[id].group === group && available.has(id) && id !== "palette.open")
      .map((id) => ({
        id,
        label: t(commands[id].label),
        rightSection: <Keys command={id} />,
        onClick: () => runCommand(id),
      })),
  }));
  return (
    <Spotlight
      actions={actions.filter((group) => group.actions.length > 0)}
      nothingFound={t("shortcuts.nothingFound")}
      highlightQuery
      attributes={{ content: { "aria-label": t("shortcuts.palette") } }}
      scrollable
      maxHeight={420}
      shortcut={null}
      searchProps={{
        placeholder: t("shortcuts.searchCommands"),
        "aria-label": t("shortcuts.searchCommands"),
      }}
    />
  );
}
