import { NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import {
  type Authority,
  authorityKinds,
  newAuthority,
  type Relationship,
  type Representative,
} from "./caller-edit.ts";
import { authorityScopes, waysToVerify } from "./codes.ts";

interface AuthorityFieldsProps {
  readonly relationship: Relationship;
  readonly authority: Authority;
  readonly onChange: (authority: Authority) => void;
}

/** Whether somebody who is not the patient may hear about them, how that was established, and for how long. */
export function AuthorityFields({
  relationship,
  authority,
  onChange,
}: AuthorityFieldsProps): ReactElement | null {
  const t = useT();
  const kinds = authorityKinds(relationship).filter((kind) => kind !== "self");
  if (kinds.length < 2) return null;
  return (
    <>
      <NativeSelect
        label={t("desk.authority")}
        value={authority.kind}
        onChange={(event) => {
          const chosen = kinds.find((kind) => kind === event.currentTarget.value) ?? "none";
          onChange(newAuthority(chosen));
        }}
        data={kinds.map((value) => ({ value, label: t(`desk.authorityKind.${value}`) }))}
      />
      {authority.kind === "treating_professional" && (
        <TextInput
          label={t("desk.establishedBy")}
          description={t("desk.establishedByHint")}
          value={authority.verifiedBy}
          maxLength={200}
          dir="auto"
          required
          onChange={(event) => onChange({ ...authority, verifiedBy: event.currentTarget.value })}
        />
      )}
      {authority.kind === "representative" && (
        <RepresentativeFields authority={authority} onChange={onChange} />
      )}
    </>
  );
}

interface RepresentativeFieldsProps {
  readonly authority: Representative;
  readonly onChange: (authority: Representative) => void;
}

function RepresentativeFields({ authority, onChange }: RepresentativeFieldsProps): ReactElement {
  const t = useT();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" verticalSpacing="xs">
      <NativeSelect
        label={t("desk.establishedBy")}
        value={authority.verifiedBy}
        onChange={(event) => {
          const verifiedBy = waysToVerify.find((way) => way === event.currentTarget.value);
          if (verifiedBy !== undefined) onChange({ ...authority, verifiedBy });
        }}
        data={waysToVerify.map((value) => ({ value, label: t(`desk.verifiedBy.${value}`) }))}
      />
      <NativeSelect
        label={t("desk.authorityScope")}
        value={authority.scope}
        onChange={(event) => {
          const scope = authorityScopes.find((each) => each === event.currentTarget.value);
          if (scope !== undefined) onChange({ ...authority, scope });
        }}
        data={authorityScopes.map((value) => ({ value, label: t(`desk.scope.${value}`) }))}
      />
      <TextInput
        type="date"
        label={t("desk.expiresOn")}
        value={authority.expiresOn ?? ""}
        onChange={(event) => {
          const day = event.currentTarget.value;
          onChange({ ...authority, expiresOn: day === "" ? null : day });
        }}
      />
    </SimpleGrid>
  );
}
