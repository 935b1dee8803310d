import {
  NativeSelect,
  type NativeSelectProps,
  PasswordInput,
  type PasswordInputProps,
  Textarea,
  type TextareaProps,
  TextInput,
  type TextInputProps,
} from "@mantine/core";
import { useTranslation } from "react-i18next";

// The fields of our forms. Label above, hint under it, the error under the input and tied to it; a required field is
// the normal case and carries no star, an optional one says so.

interface Own {
  /** Says "optional" beside the label. */
  optional?: boolean;
}

export function TextField({ optional, label, ...rest }: TextInputProps & Own) {
  return (
    <TextInput label={<Label text={label} optional={optional} />} required={!optional} withAsterisk={false} {...rest} />
  );
}

export function TextareaField({ optional, label, ...rest }: TextareaProps & Own) {
  return (
    <Textarea
      label={<Label text={label} optional={optional} />}
      required={!optional}
      withAsterisk={false}
      rows={3}
      {...rest}
    />
  );
}

/** A password can be shown, pasted and filled in by a password manager. */
export function PasswordField({ optional, label, ...rest }: PasswordInputProps & Own) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={<Label text={label} optional={optional} />}
      required={!optional}
      withAsterisk={false}
      visibilityToggleButtonProps={{ "aria-label": t("field.showPassword"), tabIndex: 0 }}
      spellCheck={false}
      autoCapitalize="none"
      // Mantine says so for its other fields only; Form finds the field to mend by it.
      aria-invalid={Boolean(rest.error) || undefined}
      {...rest}
    />
  );
}

export function SelectField({ optional, label, ...rest }: NativeSelectProps & Own) {
  return <NativeSelect label={label && <Label text={label} optional={optional} />} {...rest} />;
}

function Label({ text, optional }: { text: React.ReactNode; optional?: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {text}
      {optional && <span style={{ color: "var(--text-faint)", fontWeight: 400 }}> {t("field.optional")}</span>}
    </>
  );
}
