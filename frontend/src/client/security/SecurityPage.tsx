import { useTranslation } from "react-i18next";
import { Page } from "../../ui/Page";
import { ActivitySection } from "./ActivitySection";
import { PasskeysSection } from "./PasskeysSection";
import { PasswordSection } from "./PasswordSection";
import { SecurityQuestionSection } from "./SecurityQuestionSection";
import { SessionsSection } from "./SessionsSection";
import { SignInHistorySection } from "./SignInHistorySection";
import { TokensSection } from "./TokensSection";
import { TrustedDevicesSection } from "./TrustedDevicesSection";
import { TwoFactorSection } from "./TwoFactorSection";

/** How the viewer signs in, and what keeps others from doing so. Each section asks for its own data. */
export function SecurityPage() {
  const { t } = useTranslation("client");
  return (
    <Page title={t("security.title")} lead={t("security.lead")}>
      <PasswordSection />
      <TwoFactorSection />
      <PasskeysSection />
      <SecurityQuestionSection />
      <SessionsSection />
      <TrustedDevicesSection />
      <TokensSection />
      <SignInHistorySection />
      <ActivitySection />
    </Page>
  );
}
