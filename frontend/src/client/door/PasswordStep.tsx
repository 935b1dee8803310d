import { Button, Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText, waitText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { useSession } from "../../lib/session/useSession";
import { Banner } from "../../ui/Banner";
import { PasswordField, TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { useFields } from "../../ui/useFields";
import { DoorCard } from "./DoorCard";
import { PasskeySignIn } from "./PasskeySignIn";
import type { SecondFactor } from "./SecondFactorStep";
import { useWait } from "./useWait";

const SignInDocument = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      outcome {
        __typename
        ... on SecondFactorNeeded {
          methods
          deviceTrustable
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
  email: string;
  onEmail: (email: string) => void;
  /** The sign-in took too long or too many tries, and starts over. */
  ended: boolean;
  onSignedIn: () => Promise<void>;
  onSecondFactor: (factor: SecondFactor) => void;
  /** A second factor has to be set up first. */
  onEnrolment: () => void;
}

/** The first step. Every failure reads the same: whether an address has a user is nobody's business. */
export function PasswordStep({ email, onEmail, ended, onSignedIn, onSecondFactor, onEnrolment }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { setupNeeded, registrationOpen } = useSession().installation;
  const [signIn, busy] = useAct(SignInDocument, { quiet: true });
  const [remember, setRemember] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [entering, setEntering] = useState(false);
  const [seconds, wait] = useWait();
  const password = useRef<HTMLInputElement>(null);
  const fields = useFields({ email, password: "" });

  const submit = async () => {
    setRefused(undefined);
    const { values } = fields;
    const filled = fields.check({
      email: !values.email.trim() && c("userError.email.REQUIRED"),
      password: !values.password && c("userError.password.REQUIRED"),
    });
    if (!filled || seconds > 0) return;
    onEmail(values.email);
    const { ok, payload, fault } = { fault: undefined, ...(await signIn({ input: { ...values, remember } })) };
    if (fault) {
      if (fault.code === "RATE_LIMITED" && fault.retryAfter) wait(fault.retryAfter);
      setRefused(faultText(c, fault));
    } else if (ok && payload.outcome?.__typename === "SecondFactorNeeded") {
      onSecondFactor(payload.outcome);
    } else if (ok && payload.outcome?.__typename === "EnrolmentNeeded") {
      onEnrolment();
    } else if (ok && payload.outcome) {
      setEntering(true);
      await onSignedIn();
    } else {
      setRefused(t("signIn.failed"));
      fields.set("password", "");
      password.current?.focus();
    }
  };

  const problem = seconds > 0 ? c("fault.RATE_LIMITED_FOR", { wait: waitText(c, seconds) }) : refused;
  return (
    <DoorCard
      title={t("signIn.title")}
      foot={
        <>
          <Link to="/forgot-password">{t("forgot.link")}</Link>
          {registrationOpen && (
            <>
              {" · "}
              <Link to="/register">{t("register.link")}</Link>
            </>
          )}
        </>
      }
    >
      {setupNeeded && (
        <div style={{ marginBlockEnd: "1rem" }}>
          <Banner>{t("setUp.needed")}</Banner>
        </div>
      )}
      {ended && !problem && (
        <div style={{ marginBlockEnd: "1rem" }}>
          <Banner tone="warn" urgent>
            {t("signIn.ended")}
          </Banner>
        </div>
      )}
      <Form onSubmit={submit} problems={problem ? [problem] : []} answer={fields.answer}>
        <TextField
          {...fields.input("email")}
          label={c("field.email")}
          type="email"
          autoComplete="username webauthn"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={!email}
        />
        <PasswordField
          {...fields.input("password")}
          ref={password}
          label={c("field.password")}
          autoComplete="current-password"
        />
        <Checkbox
          label={t("signIn.remember")}
          description={t("signIn.rememberHint")}
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
        <Button type="submit" fullWidth loading={busy || entering} disabled={seconds > 0}>
          {t("signIn.submit")}
        </Button>
      </Form>
      <PasskeySignIn remember={remember} onSignedIn={onSignedIn} />
    </DoorCard>
  );
}
