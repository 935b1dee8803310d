import { Button, Skeleton } from "@mantine/core";
import { IconDeviceMobile, IconKey } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { type FragmentType, graphql } from "../../gen";
import { useApi } from "../../lib/api/ApiProvider";
import { faultOf } from "../../lib/api/fault";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { useSession } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { Section } from "../../ui/Section";
import { toastGood } from "../../ui/toast";
import { BackupCodes } from "./BackupCodes";
import { EnrolmentForm, type EnrolmentFormFragment } from "./EnrolmentForm";
import { FactorDialog } from "./FactorDialog";
import { useStartEnrolment } from "./useStartEnrolment";

const TwoFactorSectionDocument = graphql(`
  query TwoFactorSection {
    viewer {
      twoFactorRequired
      user {
        id
        email
        twoFactorEnabled
        authenticatorSince
        backupCodesLeft
      }
    }
  }
`);

const RemoveTotpDocument = graphql(`
  mutation RemoveTotp {
    removeTotp {
      user {
        id
        twoFactorEnabled
        authenticatorSince
        backupCodesLeft
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const RegenerateBackupCodesDocument = graphql(`
  mutation RegenerateBackupCodes {
    regenerateBackupCodes {
      backupCodes
      user {
        id
        backupCodesLeft
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

type Totp = FragmentType<typeof EnrolmentFormFragment>;

/** So few codes that new ones are due. */
const few = 3;

/** The authenticator app and the codes that stand in for it. */
export function TwoFactorSection() {
  const { t } = useTranslation("client");
  const [{ data, error }, again] = useQuery({ query: TwoFactorSectionDocument });
  const user = data?.viewer.user;
  return (
    <Section
      title={t("twoFactor.title")}
      lead={t(data?.viewer.twoFactorRequired ? "twoFactor.required" : "twoFactor.lead")}
      flush
    >
      {user ? (
        <Factors user={user} />
      ) : error ? (
        <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
      ) : (
        <div style={{ padding: "1.125rem" }} role="status" aria-label={t("account.loading")}>
          <Skeleton height={12} width="40%" radius="xs" mb="xs" />
          <Skeleton height={10} width="75%" radius="xs" />
        </div>
      )}
    </Section>
  );
}

interface FactorsProps {
  user: {
    email?: string | null;
    twoFactorEnabled: boolean;
    authenticatorSince?: string | null;
    backupCodesLeft?: number | null;
  };
}

function Factors({ user }: FactorsProps) {
  const { t } = useTranslation("client");
  const formats = useFormats();
  const settled = useSettled();
  const [start, starting] = useStartEnrolment();
  const [replace, replacing] = useAct(RegenerateBackupCodesDocument);
  const [totp, setTotp] = useState<Totp>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [removing, setRemoving] = useState(false);
  const since = user.authenticatorSince;
  const left = user.backupCodesLeft ?? 0;

  const begin = async () => {
    const outcome = await start({});
    setTotp(outcome.ok ? (outcome.payload.totp ?? undefined) : undefined);
  };
  const renew = async () => {
    const outcome = await replace({});
    if (outcome.ok) setCodes(outcome.payload.backupCodes ?? undefined);
  };
  return (
    <>
      <Items>
        <Item
          icon={IconDeviceMobile}
          title={t("twoFactor.app")}
          mark={since ? <Badge tone="good">{t("account.on")}</Badge> : <Badge>{t("account.off")}</Badge>}
          actions={
            <>
              <Button variant={since ? "default" : "filled"} size="xs" loading={starting} onClick={begin}>
                {t(since ? "twoFactor.replace" : "twoFactor.setUp")}
              </Button>
              {since && (
                <Button variant="default" size="xs" onClick={() => setRemoving(true)}>
                  {t("twoFactor.remove")}
                </Button>
              )}
            </>
          }
        >
          {since ? t("twoFactor.since", { date: formats.date(since) }) : t("twoFactor.appHint")}
        </Item>
        {user.twoFactorEnabled && (
          <Item
            icon={IconKey}
            title={t("backupCodes.title")}
            mark={left <= few && <Badge tone="warn">{t("backupCodes.few")}</Badge>}
            actions={
              <Button variant="default" size="xs" loading={replacing} onClick={renew}>
                {t("backupCodes.renew")}
              </Button>
            }
          >
            {t("backupCodes.left", { count: left })}
          </Item>
        )}
      </Items>
      {totp && (
        <FactorDialog
          title={t(since ? "twoFactor.replace" : "enrolment.title")}
          text={t(since ? "enrolment.replaces" : "enrolment.lead")}
          onClose={() => setTotp(undefined)}
        >
          <EnrolmentForm
            totp={totp}
            onDone={(fresh) => {
              setTotp(undefined);
              setCodes(fresh);
            }}
            onOver={begin}
          />
        </FactorDialog>
      )}
      {codes && (
        <FactorDialog
          title={t("backupCodes.keep")}
          text={t("backupCodes.text")}
          onClose={() => {
            setCodes(undefined);
            void settled();
          }}
        >
          <BackupCodes
            codes={codes}
            email={user.email ?? ""}
            onKept={() => {
              setCodes(undefined);
              void settled();
            }}
          />
        </FactorDialog>
      )}
      {removing && <RemoveDialog onClose={() => setRemoving(false)} />}
    </>
  );
}

/** Lets the frame know that a factor is there, where it warned that none was. */
function useSettled(): () => Promise<void> {
  const api = useApi();
  const router = useRouter();
  const { twoFactorDueAt } = useSession().viewer;
  return async () => {
    if (!twoFactorDueAt) return;
    api.renew();
    await router.invalidate();
  };
}

function RemoveDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("client");
  const [remove, busy] = useAct(RemoveTotpDocument);
  const [problem, setProblem] = useState<string>();
  const confirm = async () => {
    setProblem(undefined);
    const outcome = await remove({});
    if (outcome.ok) {
      toastGood(t("twoFactor.removed"));
      onClose();
    } else if (outcome.userErrors.length > 0) {
      setProblem(t("twoFactor.needed"));
    }
  };
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      onConfirm={confirm}
      title={t("twoFactor.removeTitle")}
      text={t("twoFactor.removeText")}
      confirm={t("twoFactor.remove")}
      danger
      busy={busy}
      problems={problem ? [problem] : []}
    />
  );
}
