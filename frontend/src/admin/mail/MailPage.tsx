import { Skeleton } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useSession } from "../../lib/session/useSession";
import { Choice } from "../../ui/Choice";
import { ErrorState } from "../../ui/ErrorState";
import { Page } from "../../ui/Page";
import { useLanguageName } from "../languageName";
import classes from "./MailPage.module.css";

const route = getRouteApi("/admin/mail");

const MailPageDocument = graphql(`
  query MailPage($language: String!) {
    mailPreviews(language: $language) {
      kind
      language
      subject
      text
    }
  }
`);

/** Every kind of mail, in each language, as it would be sent: the page and the plain text. */
export function MailPage() {
  const { t, i18n } = useTranslation("admin");
  const { installation } = useSession();
  const languageName = useLanguageName();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [form, setForm] = useState<"page" | "text">("page");
  const spoken = (tag: string | undefined) => installation.languages.find((one) => one === tag);
  const language = spoken(search.language) ?? spoken(i18n.resolvedLanguage) ?? "en";
  const [{ data, error }, again] = useQuery({ query: MailPageDocument, variables: { language } });
  const mails = data?.mailPreviews ?? [];
  const shown = mails.find(({ kind }) => kind === search.kind) ?? mails[0];
  return (
    <Page title={t("mail.title")} lead={t("mail.lead")} crumbs={[{ label: t("nav.setup") }]}>
      <div className={classes.choices}>
        <Choice
          label={t("mail.language")}
          value={language}
          options={installation.languages.map((value) => ({ value, label: languageName(value) }))}
          onChange={(value) => void navigate({ search: (old) => ({ ...old, language: value }), replace: true })}
        />
        <Choice
          label={t("mail.form")}
          value={form}
          options={[
            { value: "page", label: t("mail.page") },
            { value: "text", label: t("mail.text") },
          ]}
          onChange={setForm}
        />
      </div>
      {error ? (
        <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
      ) : !shown ? (
        <div role="status" aria-label={t("user.loading")}>
          <Skeleton height={320} radius="md" />
        </div>
      ) : (
        <div className={classes.both}>
          <nav aria-label={t("mail.kinds")}>
            <ul className={classes.kinds}>
              {mails.map(({ kind, subject }) => (
                <li key={kind} lang={language}>
                  <Link
                    to="/admin/mail"
                    search={{ ...search, kind }}
                    className={classes.kind}
                    aria-current={kind === shown.kind ? "true" : undefined}
                  >
                    {subject}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <section className={classes.mail} aria-labelledby="mail-subject">
            <h2 className={classes.subject} id="mail-subject" lang={language} dir="auto">
              {shown.subject}
            </h2>
            {form === "page" ? (
              // A page of its own that runs and loads nothing; the sandbox says so once more.
              <iframe
                key={`${language}/${shown.kind}`}
                className={classes.frame}
                title={t("mail.frame", { subject: shown.subject })}
                src={`/admin/mail/${language}/${shown.kind}`}
                sandbox=""
              />
            ) : (
              <pre className={classes.text} lang={language} dir="auto">
                {shown.text}
              </pre>
            )}
          </section>
        </div>
      )}
    </Page>
  );
}
