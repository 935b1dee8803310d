import { Button, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconHistory, IconLogin2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { SignInHistorySectionQuery } from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { useFormats } from "../../lib/format";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import classes from "./SignInHistorySection.module.css";
import { useDeviceWords } from "./useDeviceWords";

const SignInHistorySectionDocument = graphql(`
  query SignInHistorySection($after: String) {
    viewer {
      user {
        id
        signIns(first: 10, after: $after) {
          edges {
            cursor
            node {
              at
              outcome
              browser
              system
              address
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);

type History = NonNullable<NonNullable<SignInHistorySectionQuery["viewer"]["user"]>["signIns"]>;
type Try = History["edges"][number]["node"];

/** Who signed in as the user, or tried to: the newest first. */
export function SignInHistorySection() {
  const { t } = useTranslation("client");
  return (
    <Section title={t("signIns.title")} lead={t("signIns.lead")} flush>
      <Chunk />
    </Section>
  );
}

// Who asked for more goes on reading there; the button that they pressed is gone.
const takeFocus = (list: HTMLUListElement | null) => list?.focus({ preventScroll: true });

// A list of chunks: each asks for its own page and, when wished, is followed by the next.
function Chunk({ after }: { after?: string }) {
  const { t } = useTranslation("client");
  const [more, setMore] = useState(false);
  const [{ data, error }, again] = useQuery({
    query: SignInHistorySectionDocument,
    variables: { after },
    requestPolicy: "cache-and-network",
  });
  const history = data?.viewer.user?.signIns;
  if (!history) {
    if (error) return <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />;
    if (data) return <None />;
    return (
      <div role="status" aria-label={t("signIns.loading")} className={classes.wait}>
        <Skeleton height={12} width="46%" my="sm" radius="xs" />
        <Skeleton height={12} width="64%" my="sm" radius="xs" />
      </div>
    );
  }
  const { edges, pageInfo } = history;
  if (!after && edges.length === 0) return <None />;
  return (
    <>
      <ul className={classes.list} aria-label={t("signIns.title")} tabIndex={-1} ref={after ? takeFocus : undefined}>
        {edges.map(({ cursor, node }) => (
          <Entry key={cursor} entry={node} />
        ))}
      </ul>
      {pageInfo.hasNextPage &&
        pageInfo.endCursor &&
        (more ? (
          <Chunk after={pageInfo.endCursor} />
        ) : (
          <div className={classes.foot}>
            <Button variant="default" size="xs" onClick={() => setMore(true)}>
              {t("signIns.more")}
            </Button>
          </div>
        ))}
    </>
  );
}

function None() {
  const { t } = useTranslation("client");
  return (
    <EmptyState icon={IconHistory} title={t("signIns.none")}>
      {t("signIns.noneHint")}
    </EmptyState>
  );
}

function Entry({ entry }: { entry: Try }) {
  const { t } = useTranslation("client");
  const words = useDeviceWords();
  const formats = useFormats();
  const good = entry.outcome === "SIGNED_IN";
  const Sign = good ? IconLogin2 : IconAlertTriangle;
  return (
    <li className={classes.entry}>
      <Sign size={18} stroke={1.7} className={good ? classes.good : classes.bad} aria-hidden="true" />
      <p className={classes.outcome}>{t(`signIns.outcome.${entry.outcome}`)}</p>
      <p className={classes.from}>
        <span>{words(entry)}</span>
        <span>{entry.address || t("sessions.unknownAddress")}</span>
      </p>
      <time className={classes.at} dateTime={entry.at}>
        {formats.dateTime(entry.at)}
      </time>
    </li>
  );
}
