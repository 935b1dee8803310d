import { Button } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { passkeysSupported } from "../../lib/passkeys/browser";
import { usePasskey } from "../../lib/passkeys/usePasskey";

const StartPasskeySecondFactorDocument = graphql(`
  mutation StartPasskeySecondFactor {
    startPasskeySecondFactor {
      challenge {
        options
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const VerifyPasskeyDocument = graphql(`
  mutation VerifyPasskey($input: VerifySecondFactorInput!) {
    verifySecondFactor(input: $input) {
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
  /** It is the only way; else it stands beside another one. */
  alone: boolean;
  /** Whether this device goes without from here on. */
  trustDevice: boolean;
  onSignedIn: () => Promise<void>;
  onOver: () => void;
  /** What went wrong, in a sentence; undefined when a try begins. */
  onProblem: (text: string | undefined) => void;
}

/** Gives a passkey as second factor. */
export function PasskeyFactor({ alone, trustDevice, onSignedIn, onOver, onProblem }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [ask, asking] = usePasskey(StartPasskeySecondFactorDocument);
  const [verify, checking] = useAct(VerifyPasskeyDocument, { quiet: true });

  const submit = async () => {
    onProblem(undefined);
    const asked = await ask();
    if (asked.answer === undefined) return asked.over ? onOver() : onProblem(asked.text);
    const { ok, payload, userErrors, fault } = {
      userErrors: [],
      fault: undefined,
      ...(await verify({ input: { passkey: asked.answer, ...(trustDevice && { trustDevice }) } })),
    };
    if (ok && payload.outcome) return onSignedIn();
    const [refused] = userErrors;
    // The sign-in itself is over when the field is not the passkey.
    if (refused?.code === "EXPIRED" && refused.field?.at(-1) !== "passkey") return onOver();
    const code = refused?.code === "EXPIRED" ? "EXPIRED" : "WRONG";
    onProblem(fault ? faultText(c, fault) : c(`userError.passkey.${code}`));
  };

  if (!passkeysSupported()) {
    return <p style={{ margin: 0, color: "var(--text-soft)" }}>{c("passkey.unsupported")}</p>;
  }
  return (
    <Button
      variant={alone ? "filled" : "default"}
      fullWidth
      leftSection={<IconFingerprint size={18} stroke={1.7} aria-hidden="true" />}
      loading={asking || checking}
      autoFocus={alone}
      onClick={() => void submit()}
    >
      {t("secondFactor.usePasskey")}
    </Button>
  );
}
