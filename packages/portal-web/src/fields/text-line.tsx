import { TextInput } from "@mantine/core";
import type { HTMLInputTypeAttribute, ReactElement, Ref } from "react";

interface TextLineProps {
  readonly label: string;
  readonly value: string | null;
  /** Null when the field is emptied. */
  readonly onType: (text: string | null) => void;
  readonly type?: HTMLInputTypeAttribute;
  readonly lengthMax?: number;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly size?: "xs" | "sm";
  readonly fieldRef?: Ref<HTMLInputElement>;
}

/** One line of somebody's words: it decides its own direction, and empty means that nothing is known. */
export function TextLine({
  label,
  value,
  onType,
  type = "text",
  lengthMax,
  hint,
  placeholder,
  size = "sm",
  fieldRef,
}: TextLineProps): ReactElement {
  return (
    <TextInput
      size={size}
      label={label}
      type={type}
      value={value ?? ""}
      dir="auto"
      onChange={(event) => {
        const text = event.currentTarget.value;
        onType(text === "" ? null : text);
      }}
      {...(lengthMax === undefined ? {} : { maxLength: lengthMax })}
      {...(hint === undefined ? {} : { description: hint })}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(fieldRef === undefined ? {} : { ref: fieldRef })}
    />
  );
}
