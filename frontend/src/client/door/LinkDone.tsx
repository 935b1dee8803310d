import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useApi } from "../../lib/api/ApiProvider";
import { useSession } from "../../lib/session/useSession";
import { DoorCard } from "./DoorCard";

/** What a link was for is done. The way on asks anew who is here: sessions may have ended with it. */
export function LinkDone({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation("client");
  const api = useApi();
  const { viewer } = useSession();
  const router = useRouter();
  const goOn = async () => {
    api.renew();
    await router.invalidate();
    await router.navigate({ to: "/sign-in" });
  };
  return (
    <DoorCard title={title} lead={text} arrived>
      <Button fullWidth onClick={goOn}>
        {t(viewer.kind === "ANONYMOUS" ? "link.signIn" : "link.goOn")}
      </Button>
    </DoorCard>
  );
}
