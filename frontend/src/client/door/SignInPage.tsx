import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../lib/api/ApiProvider";
import { homeOf } from "../../lib/session/guards";
import { useSession } from "../../lib/session/useSession";
import { EnrolmentStep } from "./EnrolmentStep";
import { PasswordStep } from "./PasswordStep";
import { type SecondFactor, SecondFactorStep } from "./SecondFactorStep";

const route = getRouteApi("/door/sign-in");

/**
 * Sign-in: the password, then the second factor where one is enrolled, or its set-up where one is demanded, then on to
 * where one came from.
 */
export function SignInPage() {
  const api = useApi();
  const router = useRouter();
  const { return_to } = route.useSearch();
  // Kept while the second step runs, so that a step back does not ask for the address again.
  const [email, setEmail] = useState("");
  // A page that is loaded anew goes on where the sign-in waits.
  const { enrolmentNeeded } = useSession().viewer;
  const [step, setStep] = useState<"password" | "secondFactor" | "enrolment">(
    enrolmentNeeded ? "enrolment" : "password",
  );
  const [asked, setAsked] = useState<SecondFactor>({ methods: [], deviceTrustable: false });
  const [ended, setEnded] = useState(false);

  const enter = async () => {
    api.renew();
    await router.navigate({ href: return_to ?? homeOf(await api.session()), replace: true });
  };
  const startOver = (because: "ended" | "wish") => {
    setEnded(because === "ended");
    setStep("password");
  };

  if (step === "enrolment") return <EnrolmentStep email={email} onSignedIn={enter} onStartOver={startOver} />;
  return step === "password" ? (
    <PasswordStep
      email={email}
      onEmail={setEmail}
      ended={ended}
      onSignedIn={enter}
      onSecondFactor={(factor) => {
        setEnded(false);
        setAsked(factor);
        setStep("secondFactor");
      }}
      onEnrolment={() => {
        setEnded(false);
        setStep("enrolment");
      }}
    />
  ) : (
    <SecondFactorStep {...asked} email={email} onSignedIn={enter} onStartOver={startOver} />
  );
}
