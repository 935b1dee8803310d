import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import type { SecondFactorMethod } from "../../gen/graphql";
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
  const [methods, setMethods] = useState<readonly SecondFactorMethod[]>();
  const [ended, setEnded] = useState(false);

  const enter = async () => {
    api.renew();
    await router.navigate({ href: return_to ?? homeOf(await api.session()), replace: true });
  };
  const startOver = (because: "ended" | "wish") => {
    setEnded(because === "ended");
    setMethods(undefined);
  };

  return methods ? (
    <SecondFactorStep email={email} methods={methods} onSignedIn={enter} onStartOver={startOver} />
  ) : (
    <PasswordStep
      email={email}
      onEmail={setEmail}
      ended={ended}
      onSignedIn={enter}
      onSecondFactor={(needed) => {
        setEnded(false);
        setMethods(needed);
      }}
    />
  );
}
