import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { homeOf } from "../../lib/session/guards";
import { useSession } from "../../lib/session/useSession";
import { DoorCard } from "./DoorCard";

/** An invitation was turned down. */
export function Declined({ account }: { account: string }) {
  const { t } = useTranslation("client");
  const router = useRouter();
  const session = useSession();
  const outside = session.viewer.kind === "ANONYMOUS";
  return (
    <DoorCard title={t("invitation.declined")} lead={t("invitation.declinedText", { account })} arrived>
      <Button fullWidth onClick={() => void router.navigate({ href: outside ? "/sign-in" : homeOf(session) })}>
        {t(outside ? "link.signIn" : "link.goOn")}
      </Button>
    </DoorCard>
  );
}
