import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { DoorCard } from "./DoorCard";
import { LinkPending } from "./LinkPending";
import { RegisterForm } from "./RegisterForm";
import { useRegisterQuestions } from "./useRegisterQuestions";

const SignInAfterRegisteringDocument = graphql(`
  mutation SignInAfterRegistering($input: SignInInput!) {
    signIn(input: $input) {
      outcome {
        __typename
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
  /** Where the invitation went. */
  email: string;
  onSignedIn: () => Promise<void>;
  onSignIn: () => void;
}

/** Becomes a user without leaving the invitation. Where the address has a user already, one signs in as that. */
export function JoinByRegistering({ token, email, onSignedIn, onSignIn }: Props) {
  const { t } = useTranslation("client");
  const [{ data, error }, again] = useRegisterQuestions();
  const [signIn] = useAct(SignInAfterRegisteringDocument, { quiet: true });
  const [known, setKnown] = useState(false);
  const toSignIn = (
    <Button variant="subtle" size="compact-sm" onClick={onSignIn}>
      {t("invitation.haveUser")}
    </Button>
  );
  if (known) {
    return (
      <DoorCard title={t("invitation.signInNow")} lead={t("invitation.signInNowText")} arrived>
        <Button fullWidth onClick={onSignIn}>
          {t("invitation.signIn")}
        </Button>
      </DoorCard>
    );
  }
  if (!data) return <LinkPending title={t("register.title")} error={error} onRetry={() => again()} />;
  return (
    <DoorCard title={t("register.title")} lead={t("invitation.registerLead")} foot={toSignIn}>
      <RegisterForm
        questions={data.securityQuestions}
        invitation={{ token, email }}
        onDone={async (who) => {
          const outcome = await signIn({ input: { ...who, remember: false } });
          if (outcome.ok && outcome.payload.outcome?.__typename === "SignedIn") return onSignedIn();
          setKnown(true);
        }}
      />
    </DoorCard>
  );
}
