import { Badge } from "@mantine/core";
import { IconCircleCheck, IconCloudOff, IconPlayerPause } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import classes from "./status.module.css";
import { useService } from "./use-service.ts";

/** Where this browser is served from and whether saving works: icon, text and colour. Leads to the status page. */
export function ServicePill(): ReactElement {
  const t = useT();
  const service = useService();
  const site =
    "site" in service && service.site !== null
      ? t(`status.${service.site}`)
      : t("status.unknownSite");
  const looks = {
    unknown: [IconCloudOff, t("shell.loading"), classes.quiet],
    serving: [IconCircleCheck, t("status.regionPill", { site }), classes.good],
    "read-only": [IconPlayerPause, t("status.regionPillPaused"), classes.warn],
    unreachable: [IconCloudOff, t("status.regionPillOffline"), classes.bad],
  } as const;
  const [Icon, label, look] = looks[service.kind];
  return (
    <Badge
      component={Link}
      to="/status"
      className={`${classes.pill} ${look}`}
      variant="default"
      size="lg"
      leftSection={<Icon size={14} aria-hidden="true" />}
    >
      {label}
    </Badge>
  );
}
