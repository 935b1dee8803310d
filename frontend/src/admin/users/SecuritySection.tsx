import { Button } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { useCan, useSession } from "../../lib/session/useSession";
import { Section } from "../../ui/Section";
import { CheckAnswerDialog } from "./CheckAnswerDialog";
import { DisableDialog } from "./DisableDialog";
import { LockItems } from "./LockItems";
import { ResetDialog } from "./ResetDialog";
import classes from "./SecuritySection.module.css";
import { QuestionIcon, TwoFactorIcon } from "./useColumns";

const SecuritySectionFragment = graphql(`
  fragment SecuritySection_user on User {
    id
    name
    email
    state
    twoFactorEnabled
    authenticatorSince
    passkeyCount
    backupCodesLeft
    securityQuestionSet
    securityQuestionSince
    language
    ...LockItems_user
  }
`);

/** How the user signs in, and what staff can do about it. Nothing can be switched on for somebody. */
export function SecuritySection({ user: masked }: { user: FragmentType<typeof SecuritySectionFragment> }) {
  const { t } = useTranslation("admin");
  const user = readFragment(SecuritySectionFragment, masked);
  const can = useCan();
  const { installation, viewer } = useSession();
  const [open, setOpen] = useState<"twoFactor" | "question" | "reset" | "check">();
  const close = () => setOpen(undefined);
  // One's own are removed where the factor or the answer is asked for.
  const own = user.id === viewer.user?.id;
  const asked = user.securityQuestionSet ?? false;
  const formats = useFormats();
  const passkeys = user.passkeyCount ?? 0;
  const app = user.authenticatorSince;
  const since = user.securityQuestionSince;
  return (
    <Section title={t("security.title")} flush>
      <ul className={classes.list}>
        <li className={classes.item}>
          <TwoFactorIcon on={user.twoFactorEnabled} />
          <div className={classes.words}>
            <h3>{t("users.twoFactor")}</h3>
            <p>{t(user.twoFactorEnabled ? "security.twoFactorOn" : "security.twoFactorOff")}</p>
            {app && <p>{t("security.app", { date: formats.date(app) })}</p>}
            {passkeys > 0 && <p>{t("security.passkeys", { count: passkeys })}</p>}
            {user.twoFactorEnabled && <p>{t("security.backupCodes", { count: user.backupCodesLeft ?? 0 })}</p>}
          </div>
          {user.twoFactorEnabled && !own && can("DISABLE_USER_TWO_FACTOR") && (
            <Button variant="default" size="xs" onClick={() => setOpen("twoFactor")}>
              {t("disable.twoFactor.action")}
            </Button>
          )}
        </li>
        {(asked || installation.securityQuestionsOn) && (
          <li className={classes.item}>
            <QuestionIcon on={asked} />
            <div className={classes.words}>
              <h3>{t("users.question")}</h3>
              <p>{t(asked ? "security.questionOn" : "security.questionOff")}</p>
              {since && <p>{t("security.questionSince", { date: formats.date(since) })}</p>}
            </div>
            {asked && (
              <div className={classes.acts}>
                {can("RESET_USER_PASSWORD") && (
                  <Button variant="default" size="xs" onClick={() => setOpen("check")}>
                    {t("check.action")}
                  </Button>
                )}
                {!own && can("DISABLE_USER_SECURITY_QUESTION") && (
                  <Button variant="default" size="xs" onClick={() => setOpen("question")}>
                    {t("disable.question.action")}
                  </Button>
                )}
              </div>
            )}
          </li>
        )}
        {can("RESET_USER_PASSWORD") && user.state === "ACTIVE" && (
          <li className={classes.item}>
            <IconKey size={18} stroke={1.8} className={classes.sign} aria-hidden="true" />
            <div className={classes.words}>
              <h3>{t("security.password")}</h3>
              <p>{t("security.passwordHint")}</p>
            </div>
            <Button variant="default" size="xs" onClick={() => setOpen("reset")}>
              {t("reset.action")}
            </Button>
          </li>
        )}
        <LockItems user={user} />
      </ul>
      {open === "check" && <CheckAnswerDialog user={user} onClose={close} />}
      {open === "reset" && <ResetDialog user={user} onClose={close} />}
      {(open === "twoFactor" || open === "question") && <DisableDialog what={open} user={user} onClose={close} />}
    </Section>
  );
}
