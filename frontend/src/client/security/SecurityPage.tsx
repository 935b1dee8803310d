import { useTranslation } from "react-i18next";
import { Page } from "../../ui/Page";
import { PasskeysSection } from "./PasskeysSection";
import { SecurityQuestionSection } from "./SecurityQuestionSection";
import { SessionsSection } from "./SessionsSection";
import { SignInHistorySection } from "./SignInHistorySection";

/** How a user signs in, and what keeps their sign-in safe: each section asks for its own data. */
export function SecurityPage() {
  const { t } = useTranslation("client");
  return (
    <Page title={t("security.title")}>
      <PasskeysSection />
      <SecurityQuestionSection />
      <SessionsSection />
      <SignInHistorySection />
    </Page>
  );
}
