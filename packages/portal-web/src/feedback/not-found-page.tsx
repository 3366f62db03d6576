import { Button, Container, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";

export function NotFoundPage(): ReactElement {
  const t = useT();
  return (
    <Container size="xs" py="xl" component="main" id="content">
      <Stack align="flex-start">
        <Title order={1} size="h3">
          {t("shell.notFoundTitle")}
        </Title>
        <Text>{t("shell.notFoundText")}</Text>
        <Button component={Link} to="/">
          {t("shell.toDesk")}
        </Button>
      </Stack>
    </Container>
  );
}
