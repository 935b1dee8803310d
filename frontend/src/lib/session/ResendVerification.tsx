import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useToldAct } from "../api/useToldAct";

const ResendVerificationDocument = graphql(`
  mutation ResendVerification($input: ResendVerificationInput!) {
    resendVerification(input: $input) {
      delivery
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Mails the link anew that proves the viewer's own address. */
export function ResendVerification({ email }: { email: string }) {
  const { t } = useTranslation();
  const [resend, busy] = useToldAct(ResendVerificationDocument);
  return (
    <Button
      variant="default"
      size="xs"
      loading={busy}
      onClick={() => void resend({ input: {} }, t("verifyBanner.sent", { email }))}
    >
      {t("verifyBanner.resend")}
    </Button>
  );
}
