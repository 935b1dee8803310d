import { Button, Checkbox, Divider } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { SecondFactorMethod } from "../../gen/graphql";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { CodeField, focusCode } from "../../ui/CodeField";
import { TextField } from "../../ui/Field";
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

/** What the API said of the second factor. */
export interface SecondFactor {
  methods: readonly SecondFactorMethod[];
  /** Whether this device may go without it for a while. */
  deviceTrustable: boolean;
}

interface Props extends SecondFactor {
  email: string;
  onSignedIn: () => Promise<void>;
  onStartOver: (because: "ended" | "wish") => void;
}

type Way = "code" | "backupCode" | "passkey";

/** What is asked for first. */
function mainWay(methods: readonly SecondFactorMethod[]): Way {
  if (methods.includes("TOTP")) return "code";
  return methods.includes("PASSKEY") ? "passkey" : "backupCode";
}

const lead = {
  code: "secondFactor.lead",
  backupCode: "secondFactor.backupLead",
  passkey: "secondFactor.leadPasskey",
} as const;

/**
 * The second step: a passkey, the six digits of the authenticator app, or a backup code in their stead. The sixth digit
 * sends them, unless there is something to choose.
 */
export function SecondFactorStep({ email, methods, deviceTrustable, onSignedIn, onStartOver }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [verify, busy] = useAct(VerifySecondFactorDocument, { quiet: true });
  const [way, setWay] = useState<Way>(mainWay(methods));
  const [entered, setEntered] = useState("");
  const [trustDevice, setTrustDevice] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [entering, setEntering] = useState(false);
  const digits = useRef<HTMLFieldSetElement>(null);
  const backup = useRef<HTMLInputElement>(null);

  const choose = (other: Way) => {
    setWay(other);
    setEntered("");
    setProblem(undefined);
  };
  const submit = async (given: string) => {
    if (busy || entering || way === "passkey") return;
    if (way === "code" ? given.length < 6 : !given.trim()) return setProblem(c(`userError.${way}.REQUIRED`));
    setProblem(undefined);
    const { ok, payload, userErrors, fault } = {
      userErrors: [],
      fault: undefined,
      ...(await verify({ input: { [way]: given, ...(trustDevice && { trustDevice }) } })),
    };
    if (ok && payload.outcome) {
      setEntering(true);
      return onSignedIn();
    }
    if (fault?.code === "UNAUTHENTICATED" || userErrors.some((error) => error.code === "EXPIRED"))
      return onStartOver("ended");
    setProblem(fault ? faultText(c, fault) : c(`userError.${way}.WRONG`));
    if (way === "backupCode") return backup.current?.focus();
    setEntered("");
    focusCode(digits.current);
  };

  const passkey = methods.includes("PASSKEY");
  return (
    <DoorCard
      title={t("secondFactor.title")}
      lead={t(lead[way], { email })}
      foot={
        <>
          <OtherWay way={way} methods={methods} onChoose={choose} />
          <Button variant="subtle" size="compact-sm" onClick={() => onStartOver("wish")}>
            {t("secondFactor.back")}
          </Button>
        </>
      }
    >
      <Form onSubmit={() => submit(entered)} problems={problem ? [problem] : []}>
        {way === "code" && (
          <CodeField
            ref={digits}
            value={entered}
            onChange={setEntered}
            onComplete={deviceTrustable ? undefined : submit}
            wrong={Boolean(problem)}
            autoFocus
          />
        )}
        {way === "backupCode" && (
          <TextField
            ref={backup}
            name="backupCode"
            label={c("field.backupCode")}
            description={c("field.backupCodeHint")}
            value={entered}
            onChange={(event) => setEntered(event.currentTarget.value)}
            error={Boolean(problem)}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={32}
            autoFocus
          />
        )}
        {deviceTrustable && (
          <Checkbox
            label={t("secondFactor.trust")}
            description={t("secondFactor.trustHint")}
            checked={trustDevice}
            onChange={(event) => setTrustDevice(event.currentTarget.checked)}
          />
        )}
        {way !== "passkey" && (
          <Button type="submit" fullWidth loading={busy || entering}>
            {t("secondFactor.submit")}
          </Button>
        )}
        {way === "code" && passkey && <Divider label={t("signIn.or")} />}
        {way !== "backupCode" && passkey && (
          <PasskeyFactor
            alone={way === "passkey"}
            trustDevice={trustDevice}
            onSignedIn={onSignedIn}
            onOver={() => onStartOver("ended")}
            onProblem={setProblem}
          />
        )}
      </Form>
    </DoorCard>
  );
}

interface OtherWayProps {
  way: Way;
  methods: readonly SecondFactorMethod[];
  onChoose: (way: Way) => void;
}

/** From what was enrolled to a backup code, and back. */
function OtherWay({ way, methods, onChoose }: OtherWayProps) {
  const { t } = useTranslation("client");
  const main = mainWay(methods);
  if (way === "backupCode" && main !== "backupCode") {
    return (
      <Button variant="subtle" size="compact-sm" onClick={() => onChoose(main)}>
        {t(main === "code" ? "secondFactor.useApp" : "secondFactor.usePasskey")}
      </Button>
    );
  }
  if (way === "backupCode" || !methods.includes("BACKUP_CODE")) return null;
  return (
    <Button variant="subtle" size="compact-sm" onClick={() => onChoose("backupCode")}>
      {t("secondFactor.useBackupCode")}
    </Button>
  );
}
