import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useState } from "react";
import { announce } from "../announce/index.ts";
import { type Body, errorCode, insist, wordsOf } from "../api/index.ts";
import { languageName } from "../calls/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { type DemoState, demoStateQuery } from "./demo-state.ts";

interface PlaceCallFormProps {
  readonly demo: DemoState;
}

const phonePattern = /^\+?[0-9]{7,15}$/;

/** One call of one fictional caller. */
export function PlaceCallForm({ demo }: PlaceCallFormProps): ReactElement {
  const t = useT();
  const [phone, setPhone] = useState("");
  const [queueCode, setQueueCode] = useState(demo.queues[0]?.code ?? "");
  const queue = demo.queues.find((each) => each.code === queueCode) ?? demo.queues[0];
  const [language, setLanguage] = useState("");
  const [statedReason, setStatedReason] = useState("");
  const [patience, setPatience] = useState<number | null>(null);
  const place = usePlaceCall();
  const isPhoneWrong = phone !== "" && !phonePattern.test(phone);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isPhoneWrong || queue === undefined) return;
    place.mutate({
      phone: phone === "" ? null : phone,
      queueCode: queue.code,
      language: language === "" ? (queue.languages[0] ?? "en") : language,
      statedReason: wordsOf(statedReason) || t("simulator.defaultReason"),
      patienceSeconds: patience,
    });
  };
  const chooseCaller = (number: string): void => {
    setPhone(number);
    const caller = demo.callers.find((each) => each.phone === number);
    if (caller !== undefined) setLanguage(caller.language);
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      <Stack gap="sm">
        <Title order={2} size="h5">
          {t("simulator.placeTitle")}
        </Title>
        <NativeSelect
          label={t("simulator.caller")}
          value={demo.callers.some((caller) => caller.phone === phone) ? phone : ""}
          data={[
            { value: "", label: t("simulator.anyCaller") },
            ...demo.callers.map((caller) => ({
              value: caller.phone,
              label: `${caller.name} · ${caller.phone}`,
            })),
          ]}
          onChange={(event) => chooseCaller(event.currentTarget.value)}
        />
        <TextInput
          label={t("desk.callerNumber")}
          inputMode="tel"
          value={phone}
          maxLength={16}
          error={isPhoneWrong ? t("simulator.phoneWrong") : null}
          onChange={(event) => setPhone(event.currentTarget.value)}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NativeSelect
            label={t("desk.queue")}
            value={queue?.code ?? ""}
            data={demo.queues.map((each) => ({ value: each.code, label: each.name }))}
            onChange={(event) => setQueueCode(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("desk.callLanguage")}
            value={language}
            data={[
              { value: "", label: t("simulator.queueLanguage") },
              ...(queue?.languages ?? []).map((tag) => ({ value: tag, label: languageName(tag) })),
            ]}
            onChange={(event) => setLanguage(event.currentTarget.value)}
          />
        </SimpleGrid>
        <TextInput
          label={t("desk.statedReason")}
          placeholder={t("simulator.defaultReason")}
          value={statedReason}
          maxLength={100}
          dir="auto"
          onChange={(event) => setStatedReason(event.currentTarget.value)}
        />
        <Patience value={patience} onChange={setPatience} />
        <PlaceResult error={place.error} isPlaced={place.isSuccess} />
        <Group>
          <Button
            type="submit"
            loading={place.isPending}
            disabled={queue === undefined || isPhoneWrong}
          >
            {t("simulator.place")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function usePlaceCall(): UseMutationResult<void, Error, Body<"placeDemoCall">> {
  const t = useT();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body) => {
      await insist("placeDemoCall", { body });
    },
    onSuccess: () => {
      announce(t("simulator.placed"));
      queryClient.invalidateQueries({ queryKey: demoStateQuery.queryKey }).catch(() => {});
    },
  });
}

interface PlaceResultProps {
  readonly error: Error | null;
  readonly isPlaced: boolean;
}

function PlaceResult({ error, isPlaced }: PlaceResultProps): ReactElement | null {
  const t = useT();
  if (error !== null) {
    return (
      <Text role="alert" size="sm" c="red">
        {refusal(t, errorCode(error))}
      </Text>
    );
  }
  if (!isPlaced) return null;
  return (
    <Text role="status" size="sm">
      {t("simulator.placed")}
    </Text>
  );
}

interface PatienceProps {
  readonly value: number | null;
  readonly onChange: (seconds: number | null) => void;
}

function Patience({ value, onChange }: PatienceProps): ReactElement {
  const t = useT();
  return (
    <NumberInput
      label={t("simulator.patience")}
      value={value ?? ""}
      min={1}
      max={3_600}
      allowDecimal={false}
      hideControls
      onChange={(seconds) => onChange(typeof seconds === "number" ? seconds : null)}
    />
  );
}
