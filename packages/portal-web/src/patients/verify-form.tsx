import type {
  IdentifierKind,
  VerifyPatientBody,
} from "@careline/portal-contract/patients/index.ts";
import { Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useRef, useState } from "react";
import { announce } from "../announce/index.ts";
import { type Answer, errorCode, insist, wordsOf } from "../api/index.ts";
import { useLostFocus } from "../feedback/index.ts";
import { refusal, useT } from "../i18n/index.ts";

interface VerifyFormProps {
  readonly callId: string;
  readonly patientId: string;
  readonly onVerified: () => void;
}

type Said = Partial<Record<IdentifierKind, string>>;
type Identifiers = VerifyPatientBody["identifiers"];

const identifiers: readonly IdentifierKind[] = [
  "full_name",
  "date_of_birth",
  "zip_code",
  "phone",
  "mrn",
  "ssn_last_four",
];
const neededIdentifiers = 2;
/** As long as the service takes them. */
const lengthMax: Readonly<Record<IdentifierKind, number>> = {
  full_name: 200,
  date_of_birth: 10,
  zip_code: 10,
  phone: 20,
  mrn: 50,
  ssn_last_four: 4,
};

/** Two identifiers as the caller says them, compared by the service; nothing stored is shown before. */
export function VerifyForm({ callId, patientId, onVerified }: VerifyFormProps): ReactElement {
  const t = useT();
  const [said, setSaid] = useState<Said>({});
  const first = useRef<HTMLInputElement>(null);
  useLostFocus(first);
  const given = givenOf(said);
  const verify = useMutation({
    mutationFn: async (answered: Said) => {
      const body: VerifyPatientBody = { callId, identifiers: pick(answered) };
      return (await insist("verifyPatient", { params: { patientId }, body })).data;
    },
    onSuccess: (answer) => {
      if (!answer.isVerified) return;
      announce(t("patients.identifiersMatch"));
      onVerified();
    },
  });
  // A key held down sends the form again and again, and each time costs one of the few attempts.
  const isAnswered = verify.data !== undefined && verify.variables === said;
  const canVerify = given.length >= neededIdentifiers && !isAnswered;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (canVerify) verify.mutate(said);
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {t("patients.verifyTitle")}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="xs" verticalSpacing={6}>
          {identifiers.map((kind, index) => (
            <TextInput
              key={kind}
              ref={index === 0 ? first : null}
              size="xs"
              label={t(`patients.identifier.${kind}`)}
              type={kind === "date_of_birth" ? "date" : "text"}
              inputMode={kind === "ssn_last_four" ? "numeric" : undefined}
              maxLength={lengthMax[kind]}
              value={said[kind] ?? ""}
              dir="auto"
              onChange={(event) => setSaid({ ...said, [kind]: event.currentTarget.value })}
            />
          ))}
        </SimpleGrid>
        <Group justify="space-between">
          <VerifyResult answer={verify.data} error={verify.error} />
          <Button type="submit" size="xs" disabled={!canVerify} loading={verify.isPending}>
            {t("patients.verify", { count: given.length, needed: neededIdentifiers })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function givenOf(said: Said): readonly IdentifierKind[] {
  return identifiers.filter((kind) => wordsOf(said[kind] ?? "") !== "");
}

function pick(said: Said): Identifiers {
  return Object.fromEntries(givenOf(said).map((kind) => [kind, wordsOf(said[kind] ?? "")]));
}

interface VerifyResultProps {
  readonly answer: Answer<"verifyPatient"> | undefined;
  readonly error: Error | null;
}

function VerifyResult({ answer, error }: VerifyResultProps): ReactElement {
  const t = useT();
  if (error !== null) {
    return (
      <Text role="alert" size="sm" c="red">
        {refusal(t, errorCode(error))}
      </Text>
    );
  }
  if (answer === undefined || answer.isVerified) {
    return (
      <Text size="xs" c="dimmed">
        {t("patients.verifyHint")}
      </Text>
    );
  }
  const names = answer.notMatched.map((kind) => t(`patients.identifier.${kind}`)).join(", ");
  return (
    <Text role="alert" size="sm" c="red">
      {names === "" ? t("patients.oneMore") : t("patients.notMatched", { names })}{" "}
      {t("patients.attemptsLeft", { count: answer.attemptsLeft })}
    </Text>
  );
}
