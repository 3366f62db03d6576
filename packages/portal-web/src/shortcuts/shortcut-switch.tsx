import { Switch } from "@mantine/core";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import { changePreferences, usePreferences } from "../preferences/index.ts";

export function ShortcutSwitch(): ReactElement {
  const t = useT();
  const { shortcutsOn } = usePreferences();
  return (
    <Switch
      label={t("shortcuts.on")}
      description={t("shortcuts.onText")}
      checked={shortcutsOn}
      onChange={(event) => changePreferences({ shortcutsOn: event.currentTarget.checked })}
    />
  );
}
