import { Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { Dialog } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { useOutbox } from "./current-workspace.ts";
import { WaitingItem } from "./waiting-item.tsx";

interface WaitingDialogProps {
  readonly onClose: () => void;
}

/** Everything of this person that is not known to be in both regions, and what was refused. */
export function WaitingDialog({ onClose }: WaitingDialogProps): ReactElement {
  const t = useT();
  const { items, othersWaiting, isLeader } = useOutbox();
  return (
    <Dialog title={t("outbox.title")} size="lg" onClose={onClose}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t("outbox.intro")}
        </Text>
        {items.length === 0 && <Text role="status">{t("outbox.empty")}</Text>}
        {items.map((item) => (
          <WaitingItem key={item.id} item={item} />
        ))}
        {othersWaiting > 0 && <Text>{t("outbox.othersWaiting", { count: othersWaiting })}</Text>}
        {!isLeader && items.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("outbox.otherSends")}
          </Text>
        )}
      </Stack>
    </Dialog>
  );
}
