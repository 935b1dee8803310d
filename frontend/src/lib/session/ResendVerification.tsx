import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { toastGood } from "../../ui/toast";
import { useAct } from "../api/useAct";

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
  const [resend, busy] = useAct(ResendVerificationDocument);
  return (
    <Button
      variant="default"
      size="xs"
      loading={busy}
      onClick={async () => {
        if ((await resend({ input: {} })).ok) toastGood(t("verifyBanner.sent", { email }));
      }}
    >
      {t("verifyBanner.resend")}
    </Button>
  );
}
