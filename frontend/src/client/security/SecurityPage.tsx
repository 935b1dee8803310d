import { useTranslation } from "react-i18next";
import { Page } from "../../ui/Page";
import { PasskeysSection } from "./PasskeysSection";

/** How somebody signs in, one section for each way. */
export function SecurityPage() {
  const { t } = useTranslation("client");
  return (
    <Page title={t("security.title")}>
      <PasskeysSection />
    </Page>
  );
}
