import { Button, Skeleton } from "@mantine/core";
import { IconHelpCircle, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useRefreshSession } from "../../lib/session/useRefreshSession";
import { Banner } from "../../ui/Banner";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { DeleteDialog } from "./DeleteDialog";
import { QuestionDialog } from "./QuestionDialog";
import { QuestionList } from "./QuestionList";

const QuestionsPageDocument = graphql(`
  query QuestionsPage($language: String) {
    allSecurityQuestions {
      id
      text(language: $language)
      retired
      uses
      version
      texts {
        language
        text
      }
    }
  }
`);

/** A question as staff see it. */
export interface Question {
  id: string;
  text: string;
  retired?: boolean | null;
  uses?: number | null;
  version?: number | null;
  texts?: readonly { language: string; text: string }[] | null;
}

/** The security questions that users choose among; staff keep the list. */
export function QuestionsPage() {
  const { t, i18n } = useTranslation("admin");
  const refresh = useRefreshSession();
  const [dialog, setDialog] = useState<{ what: "edit" | "delete"; question?: Question }>();
  const [{ data, error }, again] = useQuery({
    query: QuestionsPageDocument,
    variables: { language: i18n.resolvedLanguage },
    requestPolicy: "cache-and-network",
  });
  // Whether the feature is on depends on the list, and other pages show it.
  const changed = () => {
    again({ requestPolicy: "network-only" });
    void refresh();
  };
  const close = () => setDialog(undefined);
  const all = data?.allSecurityQuestions;
  const offered = all?.filter(({ retired }) => !retired) ?? [];
  const retired = all?.filter((question) => question.retired) ?? [];
  const acts = {
    onChanged: changed,
    onEdit: (question: Question) => setDialog({ what: "edit", question }),
    onDelete: (question: Question) => setDialog({ what: "delete", question }),
  };
  return (
    <Page
      title={t("questions.title")}
      lead={t("questions.lead")}
      crumbs={[{ label: t("nav.setup") }]}
      actions={
        <Button
          leftSection={<IconPlus size={16} stroke={1.8} aria-hidden="true" />}
          onClick={() => setDialog({ what: "edit" })}
        >
          {t("questions.add")}
        </Button>
      }
    >
      {all && all.length > 0 && offered.length === 0 && (
        <Banner tone="warn">
          <p>{t("questions.off")}</p>
        </Banner>
      )}
      <Section title={t("questions.offered")} lead={t("questions.offeredHint")} flush>
        {offered.length > 0 ? (
          <QuestionList questions={offered} behind={retired} {...acts} />
        ) : all ? (
          <EmptyState icon={IconHelpCircle} title={t("questions.none")}>
            {t("questions.noneHint")}
          </EmptyState>
        ) : error ? (
          <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
        ) : (
          <div role="status" aria-label={t("user.loading")} style={{ padding: "1.125rem" }}>
            {[62, 48, 70].map((width) => (
              <Skeleton key={width} height={12} width={`${width}%`} my="sm" radius="xs" />
            ))}
          </div>
        )}
      </Section>
      {retired.length > 0 && (
        <Section title={t("questions.retired")} lead={t("questions.retiredHint")} flush>
          <QuestionList questions={retired} {...acts} />
        </Section>
      )}
      {dialog?.what === "edit" && <QuestionDialog question={dialog.question} onSaved={changed} onClose={close} />}
      {dialog?.what === "delete" && dialog.question && (
        <DeleteDialog question={dialog.question} onChanged={changed} onClose={close} />
      )}
    </Page>
  );
}
