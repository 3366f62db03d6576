import { Button, Group, Stack, Text } from "@mantine/core";
import {
  IconArrowForwardUp,
  IconArrowsJoin,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserCheck,
} from "@tabler/icons-react";
import { type ReactElement, useState } from "react";
import { errorCode } from "../api/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { Keys, useCommand } from "../shortcuts/index.ts";
import { type Call, isDialling, isOnLine } from "./call.ts";
import classes from "./desk.module.css";
import { TransferDialog } from "./transfer-dialog.tsx";
import { useCallCommand } from "./use-call-command.ts";

interface CallControlsProps {
  readonly call: Call;
}

/** What can be done with the line right now; only what the call's state allows is offered. */
export function CallControls({ call }: CallControlsProps): ReactElement {
  const t = useT();
  const command = useCallCommand(call.callId);
  const [isTransferring, setTransferring] = useState(false);
  const isHeld = call.state === "held";
  const canHold = call.state === "connected" || isHeld;
  const isIdle = !command.isPending;
  const hold = (): void => command.mutate({ name: isHeld ? "resumeCall" : "holdCall" });
  const hangUp = (): void => command.mutate({ name: "hangUpCall" });
  useCommand("call.hold", hold, canHold && isIdle);
  useCommand("call.transfer", () => setTransferring(true), canHold && isIdle);
  const canHangUp = isOnLine(call) || isDialling(call);
  useCommand("call.hang-up", hangUp, canHangUp && isIdle);
  return (
    <Stack gap="xs" className={classes.controls}>
      {!canHangUp && (
        <Text size="sm" c="dimmed">
          {t("desk.lineClosed")}
        </Text>
      )}
      {canHold && (
        <Group grow gap="xs">
          <Button
            variant={isHeld ? "filled" : "default"}
            leftSection={
              isHeld ? (
                <IconPlayerPlay size={16} aria-hidden="true" />
              ) : (
                <IconPlayerPause size={16} aria-hidden="true" />
              )
            }
            onClick={hold}
            disabled={!isIdle}
          >
            {isHeld ? t("desk.resume") : t("desk.hold")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconArrowForwardUp size={16} aria-hidden="true" />}
            onClick={() => setTransferring(true)}
            disabled={!isIdle}
          >
            {t("desk.transfer")}
          </Button>
        </Group>
      )}
      <ConsultationControls call={call} isIdle={isIdle} onCommand={command.mutate} />
      {canHangUp && (
        <Button
          color="red.9"
          leftSection={<IconPhoneOff size={16} aria-hidden="true" />}
          rightSection={<Keys command="call.hang-up" />}
          onClick={hangUp}
          disabled={!isIdle}
        >
          {isDialling(call) ? t("followUps.cancelDial") : t("desk.hangUp")}
        </Button>
      )}
      {command.isError && (
        <Text role="alert" size="sm" c="red">
          {refusal(t, errorCode(command.error))}
        </Text>
      )}
      {isTransferring && (
        <TransferDialog
          onClose={() => setTransferring(false)}
          onChoose={(body) =>
            command.mutate(
              { name: "transferCall", body },
              { onSuccess: () => setTransferring(false) },
            )
          }
          error={command.error}
          isBusy={command.isPending}
        />
      )}
    </Stack>
  );
}

interface ConsultationControlsProps {
  readonly call: Call;
  readonly isIdle: boolean;
  readonly onCommand: ReturnType<typeof useCallCommand>["mutate"];
}

/** While a colleague is asked: hand over, bring all together, or go back to the caller. */
function ConsultationControls({
  call,
  isIdle,
  onCommand,
}: ConsultationControlsProps): ReactElement | null {
  const t = useT();
  if (call.state !== "consulting" && call.state !== "conferenced") return null;
  const finish = (outcome: "complete_transfer" | "conference" | "return_to_caller") => () =>
    onCommand({ name: "finishConsultation", body: { outcome } });
  return (
    <Stack gap="xs">
      <Button
        leftSection={<IconUserCheck size={16} aria-hidden="true" />}
        onClick={finish("complete_transfer")}
        disabled={!isIdle}
      >
        {t("desk.completeTransfer")}
      </Button>
      {call.state === "consulting" && (
        <Button
          variant="default"
          leftSection={<IconArrowsJoin size={16} aria-hidden="true" />}
          onClick={finish("conference")}
          disabled={!isIdle}
        >
          {t("desk.conference")}
        </Button>
      )}
      <Button variant="default" onClick={finish("return_to_caller")} disabled={!isIdle}>
        {t("desk.returnToCaller")}
      </Button>
    </Stack>
  );
}
