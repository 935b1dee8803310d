import { Button, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useFormats } from "../../lib/format";
import { passkeysSupported } from "../../lib/passkeys/browser";
import { ErrorState } from "../../ui/ErrorState";
import { Section } from "../../ui/Section";
import { ChangePasswordDialog } from "./ChangePasswordDialog";
import { MailPasswordLink } from "./MailPasswordLink";

const PasswordSectionDocument = graphql(`
  query PasswordSection {
    viewer {
      secondFactors
      password {
        setAt
        minLength
      }
      user {
        id
        name
        email
      }
    }
  }
`);

/**
 * The user's own password. Who has none sets one with a passkey; who has no passkey either, or can't use one here, by a
 * mailed link.
 */
export function PasswordSection() {
  const { t } = useTranslation("client");
  const formats = useFormats();
  const [open, setOpen] = useState(false);
  const [{ data, error }, query] = useQuery({ query: PasswordSectionDocument, requestPolicy: "cache-and-network" });
  const again = () => query({ requestPolicy: "network-only" });
  const { user, password, secondFactors = [] } = data?.viewer ?? {};
  if (data && !(user && password)) return null;
  const byPasskey = secondFactors.includes("PASSKEY") && passkeysSupported();
  return (
    <Section
      title={t("password.title")}
      lead={t("password.lead")}
      actions={
        password &&
        (password.setAt || byPasskey) && (
          <Button variant="default" size="xs" onClick={() => setOpen(true)}>
            {t(password.setAt ? "password.change" : "password.set")}
          </Button>
        )
      }
    >
      {user && password ? (
        <>
          <p style={{ margin: 0, color: "var(--text-soft)" }}>
            {password.setAt
              ? t("password.since", { date: formats.date(password.setAt) })
              : t(byPasskey ? "password.none" : "password.noneYet")}
          </p>
          {!password.setAt && !byPasskey && <MailPasswordLink email={user.email} />}
        </>
      ) : error ? (
        <ErrorState fault={faultOf(error)} onRetry={again} />
      ) : (
        <div role="status" aria-label={t("account.loading")}>
          <Skeleton height={12} width="34%" radius="xs" />
        </div>
      )}
      {open && user && password && (
        <ChangePasswordDialog
          user={user}
          least={password.minLength}
          first={!password.setAt}
          secondFactor={secondFactors.length > 0}
          onDone={() => {
            setOpen(false);
            again();
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </Section>
  );
}
