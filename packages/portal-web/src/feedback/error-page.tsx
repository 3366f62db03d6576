import { Button, Container, Group, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { errorCode } from "../api/index.ts";
import { useT } from "../i18n/index.ts";

/** What a page shows when it failed: a code to name, another try, and ways to other pages. */
export function ErrorPage({ error, reset }: ErrorComponentProps): ReactElement {
  const t = useT();
  return (
    <Container size="xs" py="xl">
      <Stack role="alert">
        <Title order={1} size="h3">
          {t("errors.title")}
        </Title>
        <Text>{t("errors.text")}</Text>
        <Text ff="monospace">{t("errors.code", { code: errorCode(error) })}</Text>
        <Group>
          <Button onClick={reset}>{t("shell.retry")}</Button>
          <Button component={Link} to="/desk" variant="default" reloadDocument>
            {t("shell.toDesk")}
          </Button>
          <Button component={Link} to="/status" variant="default">
            {t("shell.toStatus")}
          </Button>
        </Group>
      </Stack>
    </Container>
  );
}
