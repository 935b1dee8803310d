import { Button, Divider } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { passkeysSupported } from "../../lib/passkeys/browser";
import { usePasskey } from "../../lib/passkeys/usePasskey";
import { useSession } from "../../lib/session/useSession";
import { Banner } from "../../ui/Banner";
import { StartPasskeySignInDocument, usePasskeyAutofill } from "./usePasskeyAutofill";

const SignInWithPasskeyDocument = graphql(`
  mutation SignInWithPasskey($input: SignInWithPasskeyInput!) {
    signInWithPasskey(input: $input) {
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
  /** Whether the session is to outlive the browser. */
  remember: boolean;
  onSignedIn: () => Promise<void>;
}

/** The way in without address and password. The browser offers passkeys in the address field too, where it can. */
export function PasskeySignIn({ remember, onSignedIn }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { passkeysAvailable } = useSession().installation;
  const [ask, asking] = usePasskey(StartPasskeySignInDocument);
  const [signIn, checking] = useAct(SignInWithPasskeyDocument, { quiet: true });
  const [problem, setProblem] = useState<string>();
  const [entering, setEntering] = useState(false);
  const usable = passkeysAvailable && passkeysSupported();
  const busy = asking || checking || entering;

  const finish = async (passkey: string) => {
    const { ok, payload, userErrors, fault } = {
      userErrors: [],
      fault: undefined,
      ...(await signIn({ input: { passkey, remember } })),
    };
    if (ok && payload.outcome) {
      setEntering(true);
      return onSignedIn();
    }
    const code = userErrors[0]?.code === "EXPIRED" ? "EXPIRED" : "WRONG";
    setProblem(fault ? faultText(c, fault) : c(`userError.passkey.${code}`));
  };
  const submit = async () => {
    setProblem(undefined);
    const asked = await ask();
    if (asked.answer === undefined) return setProblem(asked.text);
    await finish(asked.answer);
  };
  usePasskeyAutofill(usable && !busy, finish);

  if (!passkeysAvailable) return null;
  return (
    <>
      <Divider label={t("signIn.or")} my="md" />
      {problem && (
        <div style={{ marginBlockEnd: "1rem" }}>
          <Banner tone="bad" urgent>
            {problem}
          </Banner>
        </div>
      )}
      {usable ? (
        <Button
          variant="default"
          fullWidth
          leftSection={<IconFingerprint size={18} stroke={1.7} aria-hidden="true" />}
          loading={busy}
          onClick={() => void submit()}
        >
          {t("signIn.passkey")}
        </Button>
      ) : (
        <p style={{ margin: 0, color: "var(--text-soft)", fontSize: "0.8125rem", textAlign: "center" }}>
          {c("passkey.unsupported")}
        </p>
      )}
    </>
  );
}
