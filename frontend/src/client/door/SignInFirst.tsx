import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSession } from "../../lib/session/useSession";
import { useSignOut } from "../../lib/session/useSignOut";
import { Banner } from "../../ui/Banner";

/** The way to sign in as the user of a link, and back to its page. The link's token waits here meanwhile. */
export function SignInFirst({ path }: { path: "/verify-email" | "/confirm-email" }) {
  const { t } = useTranslation("client");
  const { viewer } = useSession();
  const signOut = useSignOut();
  if (viewer.kind === "ANONYMOUS")
    return (
      <Button fullWidth renderRoot={(props) => <Link {...props} to="/sign-in" search={{ return_to: path }} />}>
        {t("signInFirst.do")}
      </Button>
    );
  return (
    <>
      <div style={{ marginBlockEnd: "1rem" }}>
        <Banner>{t("signInFirst.other")}</Banner>
      </div>
      <Button fullWidth onClick={() => void signOut(path)}>
        {t("signInFirst.signOut")}
      </Button>
    </>
  );
}
