import type { PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PasswordField } from "../../ui/Field";

/** A password to be chosen, of so many characters at least. It can be shown, so it is asked for once. */
export function NewPasswordField({ least, ...input }: PasswordInputProps & { least: number }) {
  const { t } = useTranslation("client");
  return (
    <PasswordField
      label={t("newPassword.label")}
      {...input}
      description={t("newPassword.hint", { count: least })}
      autoComplete="new-password"
    />
  );
}

/** What is wrong with a new password as far as it can be told here; the server knows more. */
export function useNewPasswordFault(): (value: string, least: number) => string | false {
  const { t } = useTranslation("client");
  return (value, least) => [...value].length < least && t("newPassword.short", { count: least });
}
