import { Button, Group, Stack } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { useT } from "../i18n/index.ts";
import classes from "./intake.module.css";

interface EntryRowProps {
  readonly title: string;
  /** Null where the last one has to stay. */
  readonly onRemove: (() => void) | null;
  readonly children: ReactNode;
}

/** One reaction or one product of a report, as a group of its own. */
export function EntryRow({ title, onRemove, children }: EntryRowProps): ReactElement {
  const t = useT();
  return (
    <fieldset className={classes.row}>
      <legend>{title}</legend>
      <Stack gap="xs">
        {children}
        {onRemove !== null && (
          <Group>
            <Button size="compact-xs" variant="default" onClick={onRemove}>
              {t("adverseEvents.remove")}
            </Button>
          </Group>
        )}
      </Stack>
    </fieldset>
  );
}
