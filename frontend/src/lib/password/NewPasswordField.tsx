import type { PasswordInputProps } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField } from "../../ui/Field";
import { useSession } from "../session/useSession";
import { StrengthMeter } from "./StrengthMeter";
import { useStrength } from "./useStrength";

interface Props extends Omit<PasswordInputProps, "value" | "onChange" | "about"> {
  value: string;
  onChange: (event: { currentTarget: { value: string } }) => void;
  /** How many characters it needs. */
  least: number;
  /** Names and addresses of whose password it will be: they make it no stronger. */
  about?: readonly string[];
}

/**
 * A password to be chosen, with a hint of how strong it is. It can be shown, so it is asked for once. What estimates the
 * strength is loaded when the field is entered.
 */
export function NewPasswordField({ least, about = [], onFocus, ...input }: Props) {
  const { t } = useTranslation("client");
  const { company } = useSession().installation;
  const [entered, setEntered] = useState(false);
  const judged = useStrength({ password: input.value, about: [company, "Roster", ...about] }, entered);
  return (
    <PasswordField
      label={t("newPassword.label")}
      {...input}
      description={t("newPassword.hint", { count: least })}
      autoComplete="new-password"
      onFocus={(event) => {
        setEntered(true);
        onFocus?.(event);
      }}
      inputContainer={(children) => (
        <>
          {children}
          <StrengthMeter
            entered={entered}
            score={judged?.score}
            tooShort={judged !== undefined && lengthOf(judged.password) < least}
          />
        </>
      )}
    />
  );
}

/** What is wrong with a new password as far as it can be told here; the server knows more. */
export function useNewPasswordFault(): (value: string, least: number) => string | false {
  const { t } = useTranslation("client");
  return (value, least) => lengthOf(value) < least && t("newPassword.short", { count: least });
}

/** As the server counts. */
const lengthOf = (text: string) => [...text.normalize("NFC")].length;
