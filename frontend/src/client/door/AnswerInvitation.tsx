import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useApi } from "../../lib/api/ApiProvider";
import { faultText } from "../../lib/api/faultText";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { ResendVerification } from "../../lib/session/ResendVerification";
import { useSession } from "../../lib/session/useSession";
import { useSignOut } from "../../lib/session/useSignOut";
import { Banner } from "../../ui/Banner";
import { Form } from "../../ui/Form";
import { Declined } from "./Declined";
import { DoorCard } from "./DoorCard";
import { InvitationDetails } from "./InvitationDetails";
import type { Invitation } from "./InvitationPage";
import { useDeclineInvitation } from "./useDeclineInvitation";

const AcceptInvitationDocument = graphql(`
  mutation AcceptInvitation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      membership {
        id
        account {
          id
          number
        }
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  token: string;
  invitation: Invitation;
}

/** Accepts or declines. Another address than the invited one is confirmed by itself. */
export function AnswerInvitation({ token, invitation }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const api = useApi();
  const router = useRouter();
  const signOut = useSignOut();
  const { user } = useSession().viewer;
  const [accept, accepting] = useAct(AcceptInvitationDocument, { quiet: true });
  const { decline, declining, declined, problem } = useDeclineInvitation(token);
  const [confirming, setConfirming] = useState(false);
  const [problems, setProblems] = useState<string[]>([]);
  const { accountName: account, addressDiffers, addressProven, strict, alreadyMember, email } = invitation;

  // Who they are has changed, or what they may: everything is asked anew.
  const look = async () => {
    api.renew();
    await router.invalidate();
  };
  const goTo = async (href: string) => {
    await look();
    await router.navigate({ href });
  };
  const submit = async () => {
    if (addressDiffers && !confirming) return setConfirming(true);
    setProblems([]);
    const outcome = await accept({ input: { token, confirmOtherAddress: confirming } });
    if (outcome.ok) return goTo(`/accounts/${outcome.payload.membership?.account.number}`);
    setProblems(outcome.fault ? [faultText(c, outcome.fault)] : fieldErrors(c, outcome.userErrors, []).rest);
  };
  if (declined) return <Declined account={account ?? ""} />;
  if (alreadyMember) {
    return (
      <DoorCard title={t("invitation.member", { account })} lead={t("invitation.memberText")}>
        <Button fullWidth onClick={() => void goTo("/accounts")}>
          {t("invitation.accounts")}
        </Button>
      </DoorCard>
    );
  }
  if (addressDiffers && strict) {
    return (
      <DoorCard
        title={t("invitation.heading", { account })}
        lead={t("invitation.strict", { invited: email, own: user?.email })}
      >
        <Button fullWidth onClick={() => void signOut("/invitation")}>
          {t("signInFirst.signOut")}
        </Button>
      </DoorCard>
    );
  }
  if (strict && !addressProven) {
    return (
      <DoorCard
        title={t("invitation.heading", { account })}
        lead={t("invitation.unproven", { invited: email })}
        foot={<ResendVerification email={email ?? ""} />}
      >
        <Button fullWidth onClick={() => void look()}>
          {t("invitation.proven")}
        </Button>
      </DoorCard>
    );
  }
  return (
    <DoorCard title={t("invitation.heading", { account })} arrived>
      <Form onSubmit={submit} problems={problem ? [problem] : problems}>
        {confirming ? (
          <Banner tone="warn" urgent>
            <p>{t("invitation.otherAddress", { invited: email, own: user?.email })}</p>
            <p>{t("invitation.otherAddressTold")}</p>
          </Banner>
        ) : (
          <div>
            <InvitationDetails invitation={invitation} />
            <p style={{ margin: 0, fontSize: "0.8125rem" }}>{t("invitation.as", { email: user?.email })}</p>
          </div>
        )}
        <Button type="submit" fullWidth loading={accepting}>
          {t(confirming ? "invitation.acceptAnyway" : "invitation.accept")}
        </Button>
        {confirming ? (
          <Button variant="default" fullWidth onClick={() => setConfirming(false)}>
            {c("dialog.cancel")}
          </Button>
        ) : (
          <Button variant="default" fullWidth loading={declining} onClick={() => void decline()}>
            {t("invitation.decline")}
          </Button>
        )}
      </Form>
    </DoorCard>
  );
}
