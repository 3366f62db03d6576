import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconLock } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { errorCode, isDenied } from "../api/index.ts";
import { useT } from "../i18n/index.ts";

interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** A part of a screen that could not be loaded, or that the person may not see; with its code and a way on. */
export function Failure({ error, onRetry }: FailureProps): ReactElement {
  const t = useT();
  const code = errorCode(error);
  if (isDenied(error)) {
    return (
      <Alert role="alert" color="gray" icon={<IconLock aria-hidden="true" />}>
        {t("errors.denied", { code })}
      </Alert>
    );
  }
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle aria-hidden="true" />}>
      <Stack gap="xs">
        <Text size="sm">{t("errors.loadFailed", { code })}</Text>
        {onRetry !== undefined && (
          <Group>
            <Button size="xs" variant="default" onClick={onRetry}>
              {t("shell.retry")}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
