import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useFragmentToken } from "../../lib/fragmentToken";
import { ErrorState } from "../../ui/ErrorState";
import { DoorCard } from "./DoorCard";
import { LinkDone } from "./LinkDone";
import { LinkOver } from "./LinkOver";
import { ResetForm } from "./ResetForm";

const ResetPreviewDocument = graphql(`
  query ResetPreview($token: String!) {
    passwordResetByToken(token: $token) {
      question
      first
      passwordMinLength
      expiresAt
    }
  }
`);

/** Behind the link of a reset mail: the security question where one is set, and a new password. */
export function ResetPage() {
  const { t } = useTranslation("client");
  const token = useFragmentToken("/reset");
  // Another link opened in the same tab starts anew.
  return token ? <WithToken key={token} token={token} /> : <LinkOver text={t("reset.over")} again="/forgot-password" />;
}

function WithToken({ token }: { token: string }) {
  const { t } = useTranslation("client");
  const [ended, setEnded] = useState<"set" | "done" | "over">();
  const [{ data, error, fetching }, retry] = useQuery({
    query: ResetPreviewDocument,
    variables: { token },
    requestPolicy: "network-only",
  });
  const preview = data?.passwordResetByToken;
  if (ended === "set") return <LinkDone title={t("reset.firstDone")} text={t("reset.firstDoneText")} />;
  if (ended === "done") return <LinkDone title={t("reset.done")} text={t("reset.doneText")} />;
  if (ended === "over") return <LinkOver text={t("reset.over")} again="/forgot-password" />;
  if (preview) {
    const { first } = preview;
    return (
      <ResetForm token={token} preview={preview} onEnd={(how) => setEnded(first && how === "done" ? "set" : how)} />
    );
  }
  if (error)
    return (
      <DoorCard title={t("reset.title")}>
        <ErrorState fault={faultOf(error)} onRetry={() => retry()} />
      </DoorCard>
    );
  if (fetching)
    return (
      <DoorCard title={t("reset.title")}>
        <Skeleton height={36} mb="md" />
        <Skeleton height={36} />
      </DoorCard>
    );
  return <LinkOver text={t("reset.over")} again="/forgot-password" />;
}
