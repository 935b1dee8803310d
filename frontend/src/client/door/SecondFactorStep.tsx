import { Button, PinInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { Form } from "../../ui/Form";
import { DoorCard } from "./DoorCard";

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
  onSignedIn: () => Promise<void>;
  onStartOver: (because: "ended" | "wish") => void;
}

/** The second step: the six digits of the authenticator app. They are sent as soon as the sixth is there. */
export function SecondFactorStep({ email, onSignedIn, onStartOver }: Props) {
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

  return (
    <DoorCard
      title={t("secondFactor.title")}
      lead={t("secondFactor.lead", { email })}
      foot={
        <Button variant="subtle" size="compact-sm" onClick={() => onStartOver("wish")}>
          {t("secondFactor.back")}
        </Button>
      }
    >
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
    </DoorCard>
  );
}
