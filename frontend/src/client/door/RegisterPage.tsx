import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../lib/session/useSession";
import { DoorCard } from "./DoorCard";
import { LinkPending } from "./LinkPending";
import { RegisterForm } from "./RegisterForm";
import { useRegisterQuestions } from "./useRegisterQuestions";

/** A visitor makes a user and an account. What it says afterwards is the same for every address. */
export function RegisterPage() {
  const { t } = useTranslation("client");
  const { registrationOpen } = useSession().installation;
  const [sentTo, setSentTo] = useState<string>();
  const [{ data, error }, again] = useRegisterQuestions(!registrationOpen);
  const back = <Link to="/sign-in">{t("forgot.back")}</Link>;
  if (!registrationOpen) return <DoorCard title={t("register.closed")} lead={t("register.closedText")} foot={back} />;
  if (sentTo)
    return (
      <DoorCard
        key="sent"
        title={t("register.sent")}
        lead={t("register.sentText", { email: sentTo })}
        foot={back}
        arrived
      />
    );
  if (!data) return <LinkPending title={t("register.title")} error={error} onRetry={again} />;
  return (
    <DoorCard title={t("register.title")} lead={t("register.lead")} foot={back}>
      <RegisterForm questions={data.securityQuestions} onDone={({ email }) => setSentTo(email)} />
    </DoorCard>
  );
}
