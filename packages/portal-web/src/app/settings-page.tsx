import { Paper, SegmentedControl, Stack, Title, useMantineColorScheme } from "@mantine/core";
import type { ReactElement } from "react";
import { Page } from "../feedback/index.ts";
import { changeLanguage, currentLanguage, isLanguage, languages, useT } from "../i18n/index.ts";
import { changePreferences } from "../preferences/index.ts";
import { ShortcutSettings } from "../shortcuts/index.ts";

/** Language, colours and keys of this browser. */
export function SettingsPage(): ReactElement {
  const t = useT();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const chooseLanguage = (code: string): void => {
    if (!isLanguage(code)) return;
    changePreferences({ language: code });
    changeLanguage(code).catch(() => {});
  };
  const chooseColours = (choice: string): void => {
    if (choice === "light" || choice === "dark" || choice === "auto") setColorScheme(choice);
  };
  return (
    <Page title={t("shell.settings")} intro={t("shell.settingsIntro")}>
      <Paper withBorder p="md">
        <Stack>
          <Title order={2} size="h4">
            {t("shell.language")}
          </Title>
          <SegmentedControl
            aria-label={t("shell.language")}
            value={currentLanguage()}
            onChange={chooseLanguage}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          />
          <Title order={2} size="h4">
            {t("shell.colours")}
          </Title>
          <SegmentedControl
            aria-label={t("shell.colours")}
            value={colorScheme}
            onChange={chooseColours}
            data={[
              { value: "light", label: t("shell.coloursLight") },
              { value: "dark", label: t("shell.coloursDark") },
              { value: "auto", label: t("shell.coloursAuto") },
            ]}
          />
        </Stack>
      </Paper>
      <Paper withBorder p="md">
        <ShortcutSettings />
      </Paper>
    </Page>
  );
}
