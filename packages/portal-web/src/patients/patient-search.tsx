import { Button, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, type ReactNode, useRef, useState } from "react";
import { send } from "../api/index.ts";
import { Failure, useLostFocus } from "../feedback/index.ts";
import { useT } from "../i18n/index.ts";
import { useCommand } from "../shortcuts/index.ts";
import { PatientHits } from "./patient-hits.tsx";
import type { PatientCard } from "./patient-queries.ts";
import { searchOf } from "./search-input.ts";

interface PatientSearchProps {
  readonly callId: string;
  readonly onOpened: (card: PatientCard) => void;
  /** What stands below the field until something is searched; hits take its place, so that the field never moves. */
  readonly children: ReactNode;
}

/** One line for name, record number, phone, birth date or e-mail. What is searched never stands in an address. */
export function PatientSearch({ callId, onOpened, children }: PatientSearchProps): ReactElement {
  const t = useT();
  const [line, setLine] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useCommand("patient.search", () => field.current?.focus());
  // After a call was answered, and after another patient is to be chosen.
  useLostFocus(field);
  const search = useMutation({
    mutationFn: async (body: NonNullable<ReturnType<typeof searchOf>>) =>
      (await send("searchPatients", { body }, new AbortController().signal)).data,
  });
  const body = searchOf(line);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (body !== null) search.mutate(body);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput
            ref={field}
            flex={1}
            label={t("patients.search")}
            description={t("patients.searchHint")}
            value={line}
            maxLength={200}
            dir="auto"
            autoComplete="off"
            onChange={(event) => {
              setLine(event.currentTarget.value);
              if (event.currentTarget.value === "") search.reset();
            }}
          />
          <Button
            type="submit"
            variant="default"
            disabled={body === null}
            loading={search.isPending}
          >
            {t("patients.find")}
          </Button>
        </Group>
        {search.isPending && <Skeleton height={48} role="status" aria-label={t("shell.loading")} />}
        {search.isError && <Failure error={search.error} />}
        {search.isSuccess && (
          <Text size="sm" role="status">
            {search.data.isTruncated
              ? t("patients.tooMany")
              : t("patients.found", { count: search.data.items.length })}
          </Text>
        )}
        {search.isSuccess && (
          <PatientHits hits={search.data.items} callId={callId} onOpened={onOpened} />
        )}
        {!search.isSuccess && children}
      </Stack>
    </form>
  );
}
