import { Code } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../ui/CopyButton";
import { FormDialog } from "../../ui/FormDialog";
import { Ltr } from "../../ui/Ltr";

/** The secret of a token: it is shown this once, for only its hash is kept. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <FormDialog
      opened
      wide
      done
      onClose={onClose}
      onSubmit={onClose}
      title={t("token.secretTitle")}
      text={t("token.secretText")}
    >
      <div style={{ display: "flex", alignItems: "center", gap: "0.5rem" }}>
        <Code block style={{ flex: 1, overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
          <Ltr>{secret}</Ltr>
        </Code>
        <CopyButton value={secret} what={t("token.secret")} />
      </div>
    </FormDialog>
  );
}
