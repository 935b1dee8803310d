import { PinInput } from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  ref?: Ref<HTMLFieldSetElement>;
  value: string;
  onChange: (code: string) => void;
  /** The sixth digit is there. */
  onComplete?: (code: string) => void;
  wrong: boolean;
  autoFocus?: boolean;
}

/** The six digits that an authenticator app shows. */
export function CodeField({ ref, value, onChange, onComplete, wrong, autoFocus }: Props) {
  const { t } = useTranslation();
  return (
    <fieldset
      ref={ref}
      style={{ margin: 0, padding: 0, border: 0 }}
      // The digits swallow Enter, which sends a form.
      onKeyDownCapture={(event) => {
        if (event.key === "Enter") event.currentTarget.form?.requestSubmit();
      }}
    >
      <legend style={{ padding: 0, marginBlockEnd: "0.375rem", fontWeight: 500, fontSize: "0.8125rem" }}>
        {t("field.code")}
      </legend>
      <PinInput
        length={6}
        type="number"
        inputMode="numeric"
        oneTimeCode
        autoFocus={autoFocus}
        value={value}
        onChange={onChange}
        onComplete={onComplete}
        error={wrong}
        size="md"
        aria-label={t("field.code")}
        getInputProps={(index) => ({ "aria-label": t("field.digit", { number: index + 1 }) })}
        styles={{
          root: { display: "flex" },
          pinInput: { flex: 1 },
          input: { inlineSize: "100%", textAlign: "center" },
        }}
      />
    </fieldset>
  );
}

/** Puts the cursor into the first digit. */
export function focusCode(field: HTMLFieldSetElement | null): void {
  field?.querySelector("input")?.focus();
}
