import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { DisownOutcome } from "../../gen/graphql";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { useFragmentToken } from "../../lib/fragmentToken";
import { Form } from "../../ui/Form";
import { DoorCard } from "./DoorCard";
import classes from "./DoorCard.module.css";
import { LinkDone } from "./LinkDone";
import { LinkOver } from "./LinkOver";
import { LinkPending } from "./LinkPending";

const DisownPreviewDocument = graphql(`
  query DisownPreview($token: String!) {
    disownByToken(token: $token) {
      change
      at
      restores
    }
  }
`);

const DisownChangeDocument = graphql(`
  mutation DisownChange($input: DisownChangeInput!) {
    disownChange(input: $input) {
      outcome
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Behind the link "this wasn't me": says what will happen before the button does it. */
export function DisownPage() {
  const { t } = useTranslation("client");
  const token = useFragmentToken("/disown");
  return token ? <WithToken key={token} token={token} /> : <LinkOver text={t("disown.over")} />;
}

function WithToken({ token }: { token: string }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const [{ data, error, fetching }, again] = useQuery({
    query: DisownPreviewDocument,
    variables: { token },
    requestPolicy: "network-only",
  });
  const [disown, busy] = useAct(DisownChangeDocument, { quiet: true });
  const [ended, setEnded] = useState<DisownOutcome | "over">();
  const [refused, setRefused] = useState<string>();

  const submit = async () => {
    setRefused(undefined);
    const outcome = await disown({ input: { token } });
    if (outcome.ok) setEnded(outcome.payload.outcome ?? "over");
    else if (outcome.fault) setRefused(faultText(c, outcome.fault));
    else setEnded("over");
  };

  if (ended && ended !== "over")
    return <LinkDone title={t(`disown.${ended}.title`)} text={t(`disown.${ended}.text`)} />;
  const preview = data?.disownByToken;
  if (error || (fetching && !preview))
    return <LinkPending title={t("disown.TWO_FACTOR_DISABLED.title")} error={error} onRetry={again} />;
  if (ended === "over" || !preview) return <LinkOver text={t("disown.over")} />;
  const { change, at, restores } = preview;
  return (
    <DoorCard title={t(`disown.${change}.title`)} lead={t(`disown.${change}.lead`, { at: formats.dateTime(at) })}>
      {t("disown.happens")}
      <ul className={classes.happens}>
        {restores && <li>{t("disown.restores", { email: restores })}</li>}
        <li>{t("disown.sessions")}</li>
        <li>{t("disown.void")}</li>
        <li>{t("disown.mail")}</li>
        <li>{t("disown.staff")}</li>
      </ul>
      <Form onSubmit={submit} problems={refused ? [refused] : []}>
        <Button type="submit" color="red.8" fullWidth loading={busy}>
          {t(`disown.submit.${change}`)}
        </Button>
      </Form>
    </DoorCard>
  );
}
