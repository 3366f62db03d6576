import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { type KeyboardEvent, type ReactElement, useState } from "react";
import { announce } from "../announce/index.ts";
import { useT } from "../i18n/index.ts";
import { changePreferences, usePreferences } from "../preferences/index.ts";
import { type CommandId, commandIds, commands, commandWithKeys } from "./commands.ts";
import { combinationOf, typesCharacter } from "./key-combination.ts";
import { Keys } from "./keys.tsx";
import classes from "./shortcut-settings.module.css";
import { ShortcutSwitch } from "./shortcut-switch.tsx";

/** Where a person gives commands other keys, or switches all of them off. */
export function ShortcutSettings(): ReactElement {
  const t = useT();
  const [listening, setListening] = useState<CommandId | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { remapped } = usePreferences();

  function take(event: KeyboardEvent, id: CommandId): void {
    if (listening !== id) return;
    const keys = combinationOf(event.nativeEvent);
    if (keys === null || keys === "Tab" || keys === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    setListening(null);
    if (keys === "Escape") return;
    const owner = commandWithKeys(keys, id, remapped);
    if (owner !== null) {
      setProblem(t("shortcuts.taken", { command: t(commands[owner].label) }));
      return;
    }
    if (typesCharacter(keys)) {
      setProblem(t("shortcuts.needsModifier"));
      return;
    }
    setProblem(null);
    changePreferences({ remapped: { ...remapped, [id]: keys } });
    announce(t("shortcuts.changed", { command: t(commands[id].label) }));
  }

  return (
    <Stack>
      <Title order={2} size="h4">
        {t("shortcuts.title")}
      </Title>
      <ShortcutSwitch />
      {problem !== null && (
        <Text role="alert" c="red" size="sm">
          {problem}
        </Text>
      )}
      <ul className={classes.rows}>
        {commandIds.map((id) => (
          <li key={id}>
            <span>{t(commands[id].label)}</span>
            <Keys command={id} />
            <Button
              size="compact-sm"
              variant={listening === id ? "filled" : "default"}
              onClick={() => setListening(id)}
              onBlur={() => setListening((now) => (now === id ? null : now))}
              onKeyDown={(event) => take(event, id)}
              aria-label={t("shortcuts.changeOf", { command: t(commands[id].label) })}
            >
              {listening === id ? t("shortcuts.press") : t("shortcuts.change")}
            </Button>
          </li>
        ))}
      </ul>
      <Group>
        <Button variant="default" onClick={() => changePreferences({ remapped: {} })}>
          {t("shortcuts.reset")}
        </Button>
      </Group>
    </Stack>
  );
}
