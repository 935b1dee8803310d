import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useApi } from "../../lib/api/ApiProvider";
import { arrive } from "../accounts/arrive";
import { SignInSteps } from "./SignInSteps";

const route = getRouteApi("/door/sign-in");

/** Sign-in, and then on to where one came from. */
export function SignInPage() {
  const api = useApi();
  const router = useRouter();
  const { return_to } = route.useSearch();
  const enter = async () => {
    api.renew();
    await router.navigate({ href: return_to ?? (await arrive(api)), replace: true });
  };
  return <SignInSteps onSignedIn={enter} />;
}
