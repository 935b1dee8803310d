import { Button, Divider, PinInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { SecondFactorMethod } from "../../gen/graphql";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { Banner } from "../../ui/Banner";
import { Form } from "../../ui/Form";
import { DoorCard } from "./DoorCard";
import { PasskeyFactor } from "./PasskeyFactor";

const VerifySecondFactorDocument = graphql(`
  mutation VerifySecondFactor($input: VerifySecondFactorInput!) {
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
  email: string;
  methods: readonly SecondFactorMethod[];
  onSignedIn: () => Promise<void>;
  onStartOver: (because: "ended" | "wish") => void;
}

/** The second step: a passkey, or the six digits of the authenticator app, sent as soon as the sixth is there. */
export function SecondFactorStep({ email, methods, onSignedIn, onStartOver }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [verify, busy] = useAct(VerifySecondFactorDocument, { quiet: true });
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState<string>();
  const [entering, setEntering] = useState(false);
  const digits = useRef<HTMLFieldSetElement>(null);

  const submit = async (entered: string) => {
    if (busy || entering) return;
    if (entered.length < 6) return setProblem(c("userError.code.REQUIRED"));
    setProblem(undefined);
    const { ok, payload, userErrors, fault } = {
      userErrors: [],
      fault: undefined,
      ...(await verify({ input: { code: entered } })),
    };
    if (ok && payload.outcome) {
      setEntering(true);
      return onSignedIn();
    }
    if (fault?.code === "UNAUTHENTICATED" || userErrors.some((error) => error.code === "EXPIRED"))
      return onStartOver("ended");
    setProblem(fault ? faultText(c, fault) : c("userError.code.WRONG"));
    setCode("");
    digits.current?.querySelector("input")?.focus();
  };

  const passkey = methods.includes("PASSKEY");
  const alone = passkey && !methods.includes("TOTP");
  const byPasskey = passkey && (
    <PasskeyFactor alone={alone} onSignedIn={onSignedIn} onOver={() => onStartOver("ended")} onProblem={setProblem} />
  );
  return (
    <DoorCard
      title={t("secondFactor.title")}
      lead={t(alone ? "secondFactor.leadPasskey" : "secondFactor.lead", { email })}
      foot={
        <Button variant="subtle" size="compact-sm" onClick={() => onStartOver("wish")}>
          {t("secondFactor.back")}
        </Button>
      }
    >
      {alone ? (
        <>
          {problem && (
            <div style={{ marginBlockEnd: "1rem" }}>
              <Banner tone="bad" urgent>
                {problem}
              </Banner>
            </div>
          )}
          {byPasskey}
        </>
      ) : (
        <>
          <Form onSubmit={() => submit(code)} problems={problem ? [problem] : []}>
            <fieldset ref={digits} style={{ margin: 0, padding: 0, border: 0 }}>
              <legend style={{ padding: 0, marginBlockEnd: "0.375rem", fontWeight: 500, fontSize: "0.8125rem" }}>
                {c("field.code")}
              </legend>
              <PinInput
                length={6}
                type="number"
                inputMode="numeric"
                oneTimeCode
                autoFocus
                value={code}
                onChange={setCode}
                onComplete={submit}
                error={Boolean(problem)}
                size="md"
                aria-label={c("field.code")}
                styles={{ root: { display: "flex" }, pinInput: { flex: 1 }, input: { inlineSize: "100%" } }}
              />
            </fieldset>
            <Button type="submit" fullWidth loading={busy || entering}>
              {t("secondFactor.submit")}
            </Button>
          </Form>
          {passkey && (
            <>
              <Divider label={t("signIn.or")} my="md" />
              {byPasskey}
            </>
          )}
        </>
      )}
    </DoorCard>
  );
}
