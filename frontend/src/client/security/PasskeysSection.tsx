import { ActionIcon, Button, Skeleton, Tooltip } from "@mantine/core";
import { type Icon, IconFingerprint, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { PasskeysSectionQuery } from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { passkeysSupported } from "../../lib/passkeys/browser";
import { useSession } from "../../lib/session/useSession";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { RelativeTime } from "../../ui/RelativeTime";
import { Section } from "../../ui/Section";
import { AddPasskeyDialog } from "./AddPasskeyDialog";
import classes from "./PasskeysSection.module.css";
import { RemovePasskeyDialog } from "./RemovePasskeyDialog";
import { RenamePasskeyDialog } from "./RenamePasskeyDialog";

const PasskeysSectionDocument = graphql(`
  query PasskeysSection {
    viewer {
      user {
        id
        twoFactorEnabled
      }
      passkeys {
        id
        name
        createdAt
        lastUsedAt
      }
    }
  }
`);

/** The API takes no more. */
const most = 20;

type Passkey = PasskeysSectionQuery["viewer"]["passkeys"][number];
type Open = { what: "add" } | { what: "rename" | "remove"; passkey: Passkey };

/** The passkeys of who is here. Where there can be none, it says why instead of offering to add one. */
export function PasskeysSection() {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { passkeysAvailable } = useSession().installation;
  const [{ data, error }, query] = useQuery({ query: PasskeysSectionDocument, requestPolicy: "cache-and-network" });
  const [open, setOpen] = useState<Open>();
  const passkeys = data?.viewer.passkeys ?? [];
  const hint = !passkeysAvailable
    ? c("passkey.unavailable")
    : !passkeysSupported()
      ? c("passkey.unsupported")
      : passkeys.length >= most
        ? t("passkeys.full", { count: most })
        : undefined;
  const close = () => setOpen(undefined);
  const done = () => {
    close();
    query({ requestPolicy: "network-only" });
  };
  const add = (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
      onClick={() => setOpen({ what: "add" })}
    >
      {t("passkeys.add.action")}
    </Button>
  );

  return (
    <Section title={t("passkeys.title")} lead={t("passkeys.lead")} actions={data && !hint && add} flush>
      {data ? (
        <>
          {passkeys.length > 0 ? (
            <ul className={classes.list} aria-label={t("passkeys.title")}>
              {passkeys.map((passkey) => (
                <Item key={passkey.id} passkey={passkey} onOpen={(what) => setOpen({ what, passkey })} />
              ))}
            </ul>
          ) : (
            !hint && (
              <EmptyState icon={IconFingerprint} title={t("passkeys.none")}>
                {t("passkeys.noneHint")}
              </EmptyState>
            )
          )}
          {hint && <p className={classes.hint}>{hint}</p>}
        </>
      ) : error ? (
        <ErrorState fault={faultOf(error)} onRetry={() => query({ requestPolicy: "network-only" })} />
      ) : (
        <div role="status" aria-label={t("passkeys.loading")} className={classes.wait}>
          <Skeleton height={12} width="48%" my="sm" radius="xs" />
          <Skeleton height={12} width="64%" my="sm" radius="xs" />
        </div>
      )}
      {open?.what === "add" && <AddPasskeyDialog onDone={done} onClose={close} />}
      {open?.what === "rename" && <RenamePasskeyDialog passkey={open.passkey} onDone={done} onClose={close} />}
      {open?.what === "remove" && (
        <RemovePasskeyDialog passkey={open.passkey} onClose={(gone) => (gone ? done() : close())} />
      )}
    </Section>
  );
}

function Item({ passkey, onOpen }: { passkey: Passkey; onOpen: (what: "rename" | "remove") => void }) {
  const { t } = useTranslation("client");
  return (
    <li className={classes.item}>
      <IconFingerprint size={20} stroke={1.6} className={classes.sign} aria-hidden="true" />
      <div>
        <p className={classes.name}>{passkey.name}</p>
        <p className={classes.facts}>
          <span>
            <Trans t={t} i18nKey="passkeys.added" components={[<RelativeTime key="at" at={passkey.createdAt} />]} />
          </span>
          <span>
            {passkey.lastUsedAt ? (
              <Trans t={t} i18nKey="passkeys.used" components={[<RelativeTime key="at" at={passkey.lastUsedAt} />]} />
            ) : (
              t("passkeys.unused")
            )}
          </span>
        </p>
      </div>
      <div className={classes.acts}>
        <Act
          name={t("passkeys.rename.of", { name: passkey.name })}
          icon={IconPencil}
          onClick={() => onOpen("rename")}
        />
        <Act name={t("passkeys.remove.of", { name: passkey.name })} icon={IconTrash} onClick={() => onOpen("remove")} />
      </div>
    </li>
  );
}

function Act({ name, icon: Sign, onClick }: { name: string; icon: Icon; onClick: () => void }) {
  return (
    <Tooltip label={name}>
      <ActionIcon variant="subtle" color="gray" aria-label={name} onClick={onClick}>
        <Sign size={17} stroke={1.7} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}
