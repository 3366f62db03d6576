import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";

/** What can still be done while no region answers. */
export function UnreachableDesk(): ReactElement {
  const t = useT();
  return (
    <Paper withBorder p="md" mt="md">
      <Stack>
        <Title order={2} size="h4">
          {t("desk.meanwhile")}
        </Title>
        <Text>{t("desk.meanwhileText")}</Text>
        <Group>
          <Button component={Link} to="/intake">
            {t("identity.openIntake")}
          </Button>
          <Button component={Link} to="/status" variant="default">
            {t("shell.toStatus")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
