import { Alert, Anchor, Button, Center, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import { ServicePill, useService } from "../status/index.ts";
import { rememberedPerson } from "./remembered-person.ts";
import { SignInAddress } from "./sign-in-address.ts";

/** Where people without a session land. */
export function SignInPage(): ReactElement {
  const t = useT();
  const { returnTo, problem, reason } = useSearch({ from: "/sign-in" });
  const service = useService();
  const isUnreachable = service.kind === "unreachable";
  return (
    <Center mih="100dvh" p="md" component="main" id="content">
      <Paper withBorder p="xl" maw={440} w="100%" radius="lg" shadow="sm">
        <Stack>
          <Group justify="space-between">
            <img src="/icons/careline.svg" width={44} height={44} alt="" />
            <ServicePill />
          </Group>
          <Title order={1} size="h3">
            {t("identity.signInTitle")}
          </Title>
          <Text>{t("identity.signInText")}</Text>
          {problem !== undefined && (
            <Alert color="red" icon={<IconAlertTriangle />} role="alert">
              {t("identity.signInFailed", { code: problem })}
            </Alert>
          )}
          {reason === "ended" && <Alert role="status">{t("identity.sessionEnded")}</Alert>}
          {reason === "signed-out" && <Alert role="status">{t("identity.signedOut")}</Alert>}
          <Button component="a" href={SignInAddress.signIn(returnTo)} size="md" autoFocus>
            {t("identity.signIn")}
          </Button>
          {isUnreachable && <Unreachable />}
          <Anchor component={Link} to="/status" size="sm">
            {t("shell.toStatus")}
          </Anchor>
        </Stack>
      </Paper>
    </Center>
  );
}

function Unreachable(): ReactElement {
  const t = useT();
  return (
    <Alert color="orange" title={t("identity.unreachable")} role="status">
      <Stack gap="xs">
        <Text size="sm">{t("identity.unreachableText")}</Text>
        {rememberedPerson() !== null && (
          <Anchor component={Link} to="/intake">
            {t("identity.openIntake")}
          </Anchor>
        )}
      </Stack>
    </Alert>
  );
}
