import { useState } from "react";
import { useSession } from "../../lib/session/useSession";
import { EnrolmentStep } from "./EnrolmentStep";
import { PasswordStep } from "./PasswordStep";
import { type SecondFactor, SecondFactorStep } from "./SecondFactorStep";

/** The steps of a sign-in: the password, then the second factor where one is enrolled, or its set-up where one is demanded. */
export function SignInSteps({
  email: known = "",
  onSignedIn: enter,
}: {
  /** Who is expected; they can be somebody else. */
  email?: string;
  onSignedIn: () => Promise<void>;
}) {
  // Kept while the second step runs, so that a step back does not ask for the address again.
  const [email, setEmail] = useState(known);
  // A page that is loaded anew goes on where the sign-in waits.
  const { enrolmentNeeded } = useSession().viewer;
  const [step, setStep] = useState<"password" | "secondFactor" | "enrolment">(
    enrolmentNeeded ? "enrolment" : "password",
  );
  const [asked, setAsked] = useState<SecondFactor>({ methods: [], deviceTrustable: false });
  const [ended, setEnded] = useState(false);

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
