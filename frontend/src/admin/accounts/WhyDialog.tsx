import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { allPermissions } from "../../lib/members/permissions";
import { Banner } from "../../ui/Banner";
import { ErrorState } from "../../ui/ErrorState";
import { SelectField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";

const ExplainAccessDocument = graphql(`
  query ExplainAccess($userId: ID!, $accountId: ID!, $permission: AccountPermission!) {
    explainAccess(userId: $userId, accountId: $accountId, permission: $permission) {
      allowed
      facts
    }
  }
`);

interface Props {
  user: { id: string; name: string };
  account: { id: string; name: string };
  onClose: () => void;
}

/** Why somebody may do something in an account, or may not. */
export function WhyDialog({ user, account, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [permission, setPermission] = useState<AccountPermission>("PROFILE");
  const [{ data, error }, again] = useQuery({
    query: ExplainAccessDocument,
    variables: { userId: user.id, accountId: account.id, permission },
    requestPolicy: "cache-and-network",
  });
  const found = data?.explainAccess;
  return (
    <FormDialog opened onClose={onClose} onSubmit={onClose} title={t("why.title", { name: user.name })}>
      <SelectField
        label={t("why.permission")}
        data={allPermissions.map((value) => ({ value, label: c(`accountPermission.${value}`) }))}
        value={permission}
        onChange={({ currentTarget }) => setPermission(currentTarget.value as AccountPermission)}
        data-autofocus
      />
      <div aria-live="polite">
        {found && (
          <Banner tone={found.allowed ? "good" : "warn"}>
            <p>
              <strong>{t(found.allowed ? "why.yes" : "why.no", { name: user.name, account: account.name })}</strong>
            </p>
            {found.facts.map((fact) => (
              <p key={fact}>{c(`accessFact.${fact}`)}</p>
            ))}
          </Banner>
        )}
        {error && !found && (
          <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
        )}
      </div>
    </FormDialog>
  );
}
