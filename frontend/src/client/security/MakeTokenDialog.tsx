import { MultiSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { PermissionBoxes } from "../../lib/members/PermissionBoxes";
import { allPermissions } from "../../lib/members/permissions";
import { NameAndDays } from "../../lib/tokens/NameAndDays";
import { useMakeToken } from "../../lib/tokens/useMakeToken";
import { FormDialog } from "../../ui/FormDialog";
import { useFields } from "../../ui/useFields";

const TokenAccountsDocument = graphql(`
  query TokenAccounts {
    viewer {
      accounts(first: 100) {
        nodes {
          id
          account {
            id
            number
            name
            status
            viewerPermissions
          }
        }
      }
    }
  }
`);

interface Props {
  /** With the secret of the token, where one was made. */
  onClose: (secret?: string) => void;
}

/** Makes a token that acts as the viewer in chosen accounts, with permissions that they hold in all of them. */
export function MakeTokenDialog({ onClose }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const [make, busy] = useMakeToken();
  const [{ data }] = useQuery({ query: TokenAccountsDocument });
  const [chosen, setChosen] = useState<string[]>([]);
  const [permissions, setPermissions] = useState<readonly AccountPermission[]>([]);
  const fields = useFields({ name: "", days: "90", accounts: "", permissions: "" });
  const open = (data?.viewer.accounts.nodes ?? [])
    .map(({ account }) => account)
    .filter(({ status }) => status !== "CLOSED");
  const grantable = allPermissions.filter((one) =>
    open.every(({ id, viewerPermissions }) => !chosen.includes(id) || viewerPermissions.includes(one)),
  );
  const submit = async () => {
    const held = permissions.filter((one) => grantable.includes(one));
    const good = fields.check({
      name: !fields.values.name.trim() && c("userError.name.REQUIRED"),
      accounts: chosen.length === 0 && t("tokens.accountsNeeded"),
      permissions: held.length === 0 && c("permissions.needed"),
    });
    if (!good) return;
    const outcome = await make({
      input: {
        name: fields.values.name,
        days: Number(fields.values.days),
        accounts: chosen.map((accountId) => ({ accountId, permissions: held })),
      },
    });
    if (outcome.ok) return onClose(outcome.payload.secret ?? undefined);
    // It is there, and its secret got lost on the way: the list has it, and can give it another one.
    if (outcome.fault?.key === "KEY_DONE") return onClose();
    fields.refuse(outcome.userErrors);
  };
  return (
    <FormDialog
      opened
      wide
      onClose={() => onClose()}
      onSubmit={submit}
      title={t("tokens.makeTitle")}
      text={t("tokens.makeText")}
      submit={t("tokens.makeSubmit")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <NameAndDays fields={fields} />
      <MultiSelect
        label={t("tokens.accounts")}
        placeholder={chosen.length === 0 ? t("tokens.accountsHint") : undefined}
        searchable
        data={open.map(({ id, number, name }) => ({ value: id, label: `${name} · #${number}` }))}
        value={chosen}
        error={fields.input("accounts").error}
        onChange={(ids) => {
          setChosen(ids);
          fields.set("accounts", ids.join(" "));
        }}
        comboboxProps={{ withinPortal: true }}
      />
      <PermissionBoxes
        value={permissions.filter((one) => grantable.includes(one))}
        onChange={(value) => {
          setPermissions(value);
          fields.set("permissions", value.join(" "));
        }}
        grantable={grantable}
        error={fields.input("permissions").error}
      />
    </FormDialog>
  );
}
