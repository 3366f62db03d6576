import { Button, Container, Stack, Text, Title } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";

interface DeniedPageProps {
  readonly code: string;
}

export function DeniedPage({ code }: DeniedPageProps): ReactElement {
  const t = useT();
  return (
    <Container size="xs" py="xl">
      <Stack role="alert" align="flex-start">
        <IconLock size={36} aria-hidden="true" />
        <Title order={1} size="h3">
          {t("shell.deniedTitle")}
        </Title>
        <Text>{t("shell.deniedText", { code })}</Text>
        <Button component={Link} to="/desk">
          {t("shell.toDesk")}
        </Button>
      </Stack>
    </Container>
  );
}
