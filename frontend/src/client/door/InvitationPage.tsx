import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { InvitationPageQuery } from "../../gen/graphql";
import { useApi } from "../../lib/api/ApiProvider";
import { useFragmentToken } from "../../lib/fragmentToken";
import { homeOf } from "../../lib/session/guards";
import { useSession } from "../../lib/session/useSession";
import { Banner } from "../../ui/Banner";
import { AnswerInvitation } from "./AnswerInvitation";
import { Declined } from "./Declined";
import { DoorCard } from "./DoorCard";
import { InvitationDetails } from "./InvitationDetails";
import { JoinByRegistering } from "./JoinByRegistering";
import { LinkPending } from "./LinkPending";
import { SignInSteps } from "./SignInSteps";
import { useDeclineInvitation } from "./useDeclineInvitation";

const InvitationPageDocument = graphql(`
  query InvitationPage($token: String!) {
    invitationByToken(token: $token) {
      status
      accountName
      addressDiffers
      addressProven
      alreadyMember
      strict
      email
      ...InvitationDetails_invitation
    }
  }
`);

export type Invitation = NonNullable<InvitationPageQuery["invitationByToken"]>;

/** Behind the link of an invitation. Opening it does nothing: scanners of mail open links too. */
export function InvitationPage() {
  const token = useFragmentToken("/invitation");
  return token ? <WithToken key={token} token={token} /> : <Closed status="UNKNOWN" />;
}

function WithToken({ token }: { token: string }) {
  const { t } = useTranslation("client");
  const api = useApi();
  const router = useRouter();
  const { viewer } = useSession();
  const [step, setStep] = useState<"look" | "signIn" | "register">("look");
  const [{ data, error, fetching }, again] = useQuery({
    query: InvitationPageDocument,
    variables: { token },
    requestPolicy: "network-only",
  });
  // Who they are has changed: everything is asked anew, and the page goes on with the invitation.
  const signedIn = async () => {
    api.renew();
    await router.invalidate();
    setStep("look");
  };
  const { decline, declining, declined, problem } = useDeclineInvitation(token);
  const invitation = data?.invitationByToken;
  if (declined) return <Declined account={invitation?.accountName ?? ""} />;
  if (error || (fetching && !invitation)) {
    return <LinkPending title={t("invitation.title")} error={error} onRetry={() => again()} />;
  }
  if (!invitation) return <Closed status="UNKNOWN" />;
  if (invitation.status !== "OPEN") return <Closed status={invitation.status} />;
  if (viewer.kind !== "ANONYMOUS") return <AnswerInvitation token={token} invitation={invitation} />;
  if (step === "signIn") return <SignInSteps email={invitation.email ?? ""} onSignedIn={signedIn} />;
  if (step === "register") {
    return (
      <JoinByRegistering
        token={token}
        email={invitation.email ?? ""}
        onSignedIn={signedIn}
        onSignIn={() => setStep("signIn")}
      />
    );
  }
  return (
    <DoorCard title={t("invitation.heading", { account: invitation.accountName })}>
      {problem && (
        <Banner tone="bad" urgent>
          {problem}
        </Banner>
      )}
      <InvitationDetails invitation={invitation} />
      <Button fullWidth onClick={() => setStep("signIn")}>
        {t("invitation.signIn")}
      </Button>
      <Button fullWidth variant="default" mt="sm" onClick={() => setStep("register")}>
        {t("invitation.register")}
      </Button>
      <Button fullWidth variant="subtle" color="gray" mt="sm" loading={declining} onClick={() => void decline()}>
        {t("invitation.decline")}
      </Button>
    </DoorCard>
  );
}

/** A link that does not open, and why. */
function Closed({ status }: { status: Exclude<Invitation["status"], "OPEN"> | "UNKNOWN" }) {
  const { t } = useTranslation("client");
  const session = useSession();
  const router = useRouter();
  const home = session.viewer.kind === "ANONYMOUS" ? "/sign-in" : homeOf(session);
  return (
    <DoorCard title={t(`invitation.closed.${status}.title`)} lead={t(`invitation.closed.${status}.text`)} arrived>
      <Button fullWidth onClick={() => void router.navigate({ href: home })}>
        {t(session.viewer.kind === "ANONYMOUS" ? "link.signIn" : "link.goOn")}
      </Button>
    </DoorCard>
  );
}
