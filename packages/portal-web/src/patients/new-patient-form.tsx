import type { Call } from "@careline/portal-contract/calls/index.ts";
import { Accordion, Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { errorCode, insist } from "../api/index.ts";
import { refusal, useT } from "../i18n/index.ts";
import { newRecordId } from "../outbox/index.ts";
import type { PatientCard } from "./patient-queries.ts";

interface NewPatientFormProps {
  readonly call: Call;
  readonly onOpened: (card: PatientCard) => void;
}

/** Registers somebody the search does not know; without a name it is an unidentified patient with a generated number. */
export function NewPatientForm({ call, onOpened }: NewPatientFormProps): ReactElement {
  const t = useT();
  const [firstName, setFirstName] = useState("");
  const [lastName, setLastName] = useState("");
  const [dateOfBirth, setDateOfBirth] = useState("");
  const create = useMutation({
    mutationFn: async () => {
      const body = {
        ...nothingKnown,
        patientId: newRecordId(),
        callId: call.callId,
        firstName: firstName.trim(),
        lastName: lastName.trim(),
        dateOfBirth: dateOfBirth === "" ? null : dateOfBirth,
        preferredLanguage: call.language,
      };
      return (await insist("createPatient", { body })).data;
    },
    onSuccess: onOpened,
  });
  return (
    <Accordion variant="separated" order={3}>
      <Accordion.Item value="new">
        <Accordion.Control>{t("patients.newTitle")}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {t("patients.newText")}
            </Text>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
              <TextInput
                label={t("patients.firstName")}
                value={firstName}
                maxLength={100}
                dir="auto"
                onChange={(event) => setFirstName(event.currentTarget.value)}
              />
              <TextInput
                label={t("patients.lastName")}
                value={lastName}
                maxLength={100}
                dir="auto"
                onChange={(event) => setLastName(event.currentTarget.value)}
              />
              <TextInput
                type="date"
                label={t("patients.dateOfBirth")}
                value={dateOfBirth}
                onChange={(event) => setDateOfBirth(event.currentTarget.value)}
              />
            </SimpleGrid>
            {create.isError && (
              <Text role="alert" size="sm" c="red">
                {refusal(t, errorCode(create.error))}
              </Text>
            )}
            <Group justify="flex-end">
              <Button size="xs" loading={create.isPending} onClick={() => create.mutate()}>
                {firstName + lastName === ""
                  ? t("patients.registerUnidentified")
                  : t("patients.register")}
              </Button>
            </Group>
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

const nothingKnown = {
  mrn: null,
  ssn: null,
  insurancePolicyNumber: null,
  sex: "unknown",
  email: null,
  phone: null,
  address: null,
  city: null,
  state: null,
  zipCode: null,
  insuranceProvider: null,
  safeContact: null,
} as const;
