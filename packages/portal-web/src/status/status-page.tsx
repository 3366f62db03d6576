import { Anchor, Card, Container, Group, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCircleCheck, IconCloudOff, IconPlayerPause } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useNow } from "../clock/index.ts";
import { currentLanguage, useT } from "../i18n/index.ts";
import { clockTime } from "./clock-time.ts";
import type { ServiceState } from "./service-state.ts";
import { TermHistory } from "./term-history.tsx";
import { useService } from "./use-service.ts";

const looks = {
  unknown: { icon: IconCloudOff, color: "gray" },
  serving: { icon: IconCircleCheck, color: "care" },
  "read-only": { icon: IconPlayerPause, color: "orange.9" },
  unreachable: { icon: IconCloudOff, color: "red.8" },
} as const;

/** Public page: which region is writing, told by the service itself. */
export function StatusPage(): ReactElement {
  const t = useT();
  const service = useService();
  const now = useNow();
  const time = new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" }).format(now);
  const look = looks[service.kind];
  return (
    <Container size="sm" py="xl" component="main" id="content">
      <Stack gap="lg">
        <div>
          <Title order={1} size="h2">
            {t("status.title")}
          </Title>
          <Text c="dimmed">{t("status.intro")}</Text>
        </div>
        <Card withBorder padding="lg">
          <Group wrap="nowrap" align="flex-start">
            <ThemeIcon size={44} radius="xl" color={look.color} aria-hidden="true">
              <look.icon size={26} />
            </ThemeIcon>
            <Stack gap={4} role="status">
              <Headline service={service} />
              <Text size="sm" c="dimmed">
                {t("status.checkedAt", { time })}
              </Text>
            </Stack>
          </Group>
        </Card>
        <TermHistory />
        <Anchor component={Link} to="/sign-in">
          {t("status.backToSignIn")}
        </Anchor>
      </Stack>
    </Container>
  );
}

interface HeadlineProps {
  readonly service: ServiceState;
}

function Headline({ service }: HeadlineProps): ReactElement {
  const t = useT();
  if (service.kind === "unknown") return <Text>{t("shell.loading")}</Text>;
  if (service.kind === "serving" && service.unprotectedSince !== null) {
    const time = clockTime(service.unprotectedSince);
    return <State title={t("status.servingAlone")} text={t("status.singleRegion", { time })} />;
  }
  const texts = {
    serving: [t("status.serving"), t("status.servingNow")],
    "read-only": [t("status.paused"), t("status.pausedText")],
    unreachable: [t("status.unreachable"), t("status.unreachableText")],
  } as const;
  const [title, text] = texts[service.kind];
  return <State title={title} text={text} />;
}

interface StateProps {
  readonly title: string;
  readonly text: string;
}

function State({ title, text }: StateProps): ReactElement {
  return (
    <>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text>{text}</Text>
    </>
  );
}
