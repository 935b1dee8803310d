import { Button, Skeleton } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile, IconDeviceTablet, IconLogout } from "@tabler/icons-react";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { SessionsSectionQuery } from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { Badge } from "../../ui/Badge";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { RelativeTime } from "../../ui/RelativeTime";
import { Section } from "../../ui/Section";
import { EndOtherSessionsDialog } from "./EndOtherSessionsDialog";
import { EndSessionDialog } from "./EndSessionDialog";
import classes from "./SessionsSection.module.css";
import { useDeviceWords } from "./useDeviceWords";

const SessionsSectionDocument = graphql(`
  query SessionsSection {
    viewer {
      user {
        id
        sessions {
          id
          current
          browser
          system
          address
          createdAt
          seenAt
        }
      }
    }
  }
`);

type Session = NonNullable<NonNullable<SessionsSectionQuery["viewer"]["user"]>["sessions"]>[number];
type Open = { what: "one"; session: Session } | { what: "others" };

/** Where who is here is signed in, the present session first, and the way to end the others. */
export function SessionsSection() {
  const { t } = useTranslation("client");
  const [{ data, error }, query] = useQuery({ query: SessionsSectionDocument, requestPolicy: "cache-and-network" });
  const [open, setOpen] = useState<Open>();
  const again = () => query({ requestPolicy: "network-only" });
  const close = () => setOpen(undefined);
  const done = () => {
    close();
    again();
  };
  // A list that is refused alone is null, beside an error.
  const sessions = data?.viewer.user?.sessions ?? (error ? undefined : data && []);
  const others = sessions?.filter(({ current }) => !current).length ?? 0;
  const endOthers = (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconLogout size={15} stroke={1.8} aria-hidden="true" />}
      onClick={() => setOpen({ what: "others" })}
    >
      {t("sessions.endOthers.action")}
    </Button>
  );

  return (
    <Section title={t("sessions.title")} lead={t("sessions.lead")} actions={others > 0 && endOthers} flush>
      {sessions ? (
        <Items>
          {sessions.map((session) => (
            <SessionItem key={session.id} session={session} onEnd={() => setOpen({ what: "one", session })} />
          ))}
        </Items>
      ) : error ? (
        <ErrorState fault={faultOf(error)} onRetry={again} />
      ) : (
        <div role="status" aria-label={t("sessions.loading")} className={classes.wait}>
          <Skeleton height={12} width="40%" my="sm" radius="xs" />
          <Skeleton height={12} width="62%" my="sm" radius="xs" />
        </div>
      )}
      {open?.what === "one" && <EndSessionDialog session={open.session} onDone={done} onClose={close} />}
      {open?.what === "others" && (
        <EndOtherSessionsDialog count={others} onClose={(ended) => (ended ? done() : close())} />
      )}
    </Section>
  );
}

const signs: Record<string, typeof IconDeviceDesktop> = {
  iPhone: IconDeviceMobile,
  Android: IconDeviceMobile,
  iPad: IconDeviceTablet,
};

function SessionItem({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const { t } = useTranslation("client");
  const words = useDeviceWords();
  const address = session.address || t("sessions.unknownAddress");
  return (
    <Item
      icon={signs[session.system] ?? IconDeviceDesktop}
      title={words(session)}
      mark={session.current && <Badge tone="accent">{t("sessions.current")}</Badge>}
      actions={
        !session.current && (
          <Button
            variant="default"
            size="xs"
            aria-label={t("sessions.end.of", { device: words(session), address })}
            onClick={onEnd}
          >
            {t("sessions.end.action")}
          </Button>
        )
      }
    >
      <span className={classes.facts}>
        <span>{address}</span>
        <span>
          <Trans t={t} i18nKey="sessions.signedIn" components={[<RelativeTime key="at" at={session.createdAt} />]} />
        </span>
        <span>
          <Trans t={t} i18nKey="sessions.seen" components={[<RelativeTime key="at" at={session.seenAt} />]} />
        </span>
      </span>
    </Item>
  );
}
