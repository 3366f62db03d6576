import { Anchor, Button, Center, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import { type ReactElement, useRef } from "react";
import { Notice, useLostFocus } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { ServicePill, useService } from "../status/index.ts";
import { rememberedPerson } from "./remembered-person.ts";
import { SignInAddress } from "./sign-in-address.ts";

/** Where people without a session land. */
export function SignInPage(): ReactElement {
  const t = useT();
  const { returnTo, problem, reason } = useSearch({ from: "/sign-in" });
  const service = useService();
  const button = useRef<HTMLAnchorElement>(null);
  useLostFocus(button);
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
            <Notice tone="bad" role="alert">
              {t("identity.signInFailed", { code: problem })}
            </Notice>
          )}
          {reason === "ended" && (
            <Notice tone="calm" role="status">
              {t("identity.sessionEnded")}
            </Notice>
          )}
          {reason === "signed-out" && (
            <Notice tone="calm" role="status">
              {t("identity.signedOut")}
            </Notice>
          )}
          <Button component="a" href={SignInAddress.signIn(returnTo)} size="md" ref={button}>
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
    <Notice tone="warn" title={t("identity.unreachable")} role="status">
      <Stack gap="xs">
        <Text size="sm">{t("identity.unreachableText")}</Text>
        {rememberedPerson() !== null && (
          <Anchor component={Link} to="/intake">
            {t("identity.openIntake")}
          </Anchor>
        )}
      </Stack>
    </Notice>
  );
}
