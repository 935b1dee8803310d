import { Button, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useFormats } from "../../lib/format";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import { RemoveQuestionDialog } from "./RemoveQuestionDialog";
import classes from "./SecurityQuestionSection.module.css";
import { SetQuestionDialog } from "./SetQuestionDialog";

const SecurityQuestionSectionDocument = graphql(`
  query SecurityQuestionSection($language: String) {
    viewer {
      user {
        id
        securityQuestionSet
        securityQuestionSince
        securityQuestion {
          id
          text(language: $language)
        }
      }
    }
    securityQuestions {
      id
      text(language: $language)
    }
  }
`);

/** The user's own security question. Where staff keep no list, only those see it who chose one before. */
export function SecurityQuestionSection() {
  const { t, i18n } = useTranslation("client");
  const formats = useFormats();
  const [open, setOpen] = useState<"set" | "remove">();
  const [{ data, error }, again] = useQuery({
    query: SecurityQuestionSectionDocument,
    variables: { language: i18n.resolvedLanguage },
    requestPolicy: "cache-and-network",
  });
  const close = () => setOpen(undefined);
  const user = data?.viewer.user;
  const chosen = user?.securityQuestion;
  const offered = data?.securityQuestions ?? [];
  if (data && (!user || (!chosen && offered.length === 0))) return null;
  return (
    <Section
      title={t("question.title")}
      lead={t("question.lead")}
      actions={
        data && (
          <div className={classes.acts}>
            {offered.length > 0 && (
              <Button variant="default" size="xs" onClick={() => setOpen("set")}>
                {t(chosen ? "question.change" : "question.choose")}
              </Button>
            )}
            {chosen && (
              <Button variant="default" size="xs" onClick={() => setOpen("remove")}>
                {t("question.remove")}
              </Button>
            )}
          </div>
        )
      }
    >
      {chosen ? (
        <>
          <p className={classes.text}>{chosen.text}</p>
          {user?.securityQuestionSince && (
            <p className={classes.since}>{t("question.since", { date: formats.date(user.securityQuestionSince) })}</p>
          )}
        </>
      ) : data ? (
        <p className={classes.since}>{t("question.none")}</p>
      ) : error ? (
        <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
      ) : (
        <div role="status" aria-label={t("account.loading")}>
          <Skeleton height={12} width="46%" radius="xs" />
        </div>
      )}
      {open === "set" && <SetQuestionDialog offered={offered} chosen={chosen ?? undefined} onClose={close} />}
      {open === "remove" && <RemoveQuestionDialog onClose={close} />}
    </Section>
  );
}
