import { Stack } from "@mantine/core";
import type { ReactElement } from "react";
import { ChoiceField, TextLine } from "../fields/index.ts";
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
  const kinds = authorityKinds(relationship).flatMap((kind) => (kind === "self" ? [] : [kind]));
  if (kinds.length < 2 || authority.kind === "self") return null;
  return (
    <>
      <ChoiceField
        label={t("desk.authority")}
        value={authority.kind}
        codes={kinds}
        nameOf={(kind) => t(`desk.authorityKind.${kind}`)}
        onChoose={(kind) => onChange(newAuthority(kind ?? "none"))}
      />
      {authority.kind === "treating_professional" && (
        <TextLine
          label={t("desk.establishedBy")}
          hint={t("desk.establishedByHint")}
          value={authority.verifiedBy}
          lengthMax={200}
          onType={(verifiedBy) => onChange({ ...authority, verifiedBy: verifiedBy ?? "" })}
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
    <Stack gap="xs">
      <ChoiceField
        label={t("desk.establishedBy")}
        value={authority.verifiedBy}
        codes={waysToVerify}
        nameOf={(way) => t(`desk.verifiedBy.${way}`)}
        onChoose={(way) => onChange({ ...authority, verifiedBy: way ?? authority.verifiedBy })}
      />
      <ChoiceField
        label={t("desk.authorityScope")}
        value={authority.scope}
        codes={authorityScopes}
        nameOf={(scope) => t(`desk.scope.${scope}`)}
        onChoose={(scope) => onChange({ ...authority, scope: scope ?? authority.scope })}
      />
      <TextLine
        type="date"
        label={t("desk.expiresOn")}
        value={authority.expiresOn}
        onType={(expiresOn) => onChange({ ...authority, expiresOn })}
      />
    </Stack>
  );
}
