import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../lib/api/ApiProvider";
import { homeOf } from "../../lib/session/guards";
import { PasswordStep } from "./PasswordStep";
import { SecondFactorStep } from "./SecondFactorStep";

const route = getRouteApi("/door/sign-in");

/** Sign-in: the password, then the second factor where one is enrolled, then on to where one came from. */
export function SignInPage() {
  const api = useApi();
  const router = useRouter();
  const { return_to } = route.useSearch();
  // Kept while the second step runs, so that a step back does not ask for the address again.
  const [email, setEmail] = useState("");
  const [step, setStep] = useState<"password" | "secondFactor">("password");
  const [ended, setEnded] = useState(false);

  const enter = async () => {
    api.renew();
    await router.navigate({ href: return_to ?? homeOf(await api.session()), replace: true });
  };
  const startOver = (because: "ended" | "wish") => {
    setEnded(because === "ended");
    setStep("password");
  };

  return step === "password" ? (
    <PasswordStep
      email={email}
      onEmail={setEmail}
      ended={ended}
      onSignedIn={enter}
      onSecondFactor={() => {
        setEnded(false);
        setStep("secondFactor");
      }}
    />
  ) : (
    <SecondFactorStep email={email} onSignedIn={enter} onStartOver={startOver} />
  );
}
