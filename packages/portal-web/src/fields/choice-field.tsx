import { NativeSelect } from "@mantine/core";
import type { ReactElement, Ref } from "react";

interface ChoiceFieldProps<Code extends string> {
  readonly label: string;
  readonly value: Code | null;
  readonly codes: readonly Code[];
  readonly nameOf: (code: Code) => string;
  /** What stands there while nothing is chosen; left out where there is always a choice. */
  readonly emptyName?: string;
  readonly onChoose: (code: Code | null) => void;
  readonly size?: "xs" | "sm";
  readonly fieldRef?: Ref<HTMLSelectElement>;
}

/** One of the contract's codes, chosen from a native list by its name. */
export function ChoiceField<Code extends string>({
  label,
  value,
  codes,
  nameOf,
  emptyName,
  onChoose,
  size = "sm",
  fieldRef,
}: ChoiceFieldProps<Code>): ReactElement {
  const named = codes.map((code) => ({ value: code as string, label: nameOf(code) }));
  return (
    <NativeSelect
      size={size}
      label={label}
      value={value ?? ""}
      data={emptyName === undefined ? named : [{ value: "", label: emptyName }, ...named]}
      onChange={(event) =>
        onChoose(codes.find((code) => code === event.currentTarget.value) ?? null)
      }
      {...(fieldRef === undefined ? {} : { ref: fieldRef })}
    />
  );
}
