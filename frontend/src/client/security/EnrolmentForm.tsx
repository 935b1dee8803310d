import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { CodeField, focusCode } from "../../ui/CodeField";
import { CopyButton } from "../../ui/CopyButton";
import { Form } from "../../ui/Form";
import classes from "./EnrolmentForm.module.css";

export const EnrolmentFormFragment = graphql(`
  fragment EnrolmentForm_totp on TotpEnrolment {
    key
    qrCode
    enrolment
  }
`);

const FinishTotpEnrolmentDocument = graphql(`
  mutation FinishTotpEnrolment($input: FinishTotpEnrolmentInput!) {
    finishTotpEnrolment(input: $input) {
      backupCodes
      viewer {
        user {
          id
          twoFactorEnabled
          authenticatorSince
          backupCodesLeft
        }
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
  totp: FragmentType<typeof EnrolmentFormFragment>;
  onDone: (backupCodes: readonly string[]) => void;
  /** It took too long, or was finished elsewhere. */
  onOver: () => void;
}

/** Brings the key into an authenticator app, and asks for the first code. */
export function EnrolmentForm({ totp: masked, onDone, onOver }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const totp = readFragment(EnrolmentFormFragment, masked);
  const [finish, busy] = useAct(FinishTotpEnrolmentDocument, { quiet: true });
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState<string>();
  const digits = useRef<HTMLFieldSetElement>(null);

  const submit = async (entered: string) => {
    if (busy) return;
    if (entered.length < 6) return setProblem(c("userError.code.REQUIRED"));
    setProblem(undefined);
    const outcome = await finish({ input: { enrolment: totp.enrolment, code: entered } });
    if (outcome.ok) return onDone(outcome.payload.backupCodes ?? []);
    if (outcome.fault?.code === "UNAUTHENTICATED" || outcome.userErrors.some(({ code }) => code === "EXPIRED")) {
      return onOver();
    }
    setProblem(outcome.fault ? faultText(c, outcome.fault) : t("enrolment.wrong"));
    setCode("");
    focusCode(digits.current);
  };

  return (
    <Form onSubmit={() => submit(code)} problems={problem ? [problem] : []}>
      <div className={classes.scan}>
        <img className={classes.code} src={totp.qrCode} alt={t("enrolment.qrCode")} />
        <div className={classes.words}>
          <p>{t("enrolment.scan")}</p>
          <p style={{ marginBlockStart: "0.75rem" }}>{t("enrolment.type")}</p>
          <div className={classes.key}>
            <code>{totp.key.match(/.{1,4}/g)?.join(" ")}</code>
            <CopyButton value={totp.key} what={t("enrolment.key")} />
          </div>
        </div>
      </div>
      <CodeField ref={digits} value={code} onChange={setCode} onComplete={submit} wrong={Boolean(problem)} />
      <Button type="submit" fullWidth loading={busy}>
        {t("enrolment.submit")}
      </Button>
    </Form>
  );
}
