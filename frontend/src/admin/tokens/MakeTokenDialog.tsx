import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { AdminPermission } from "../../gen/graphql";
import { NameAndDays } from "../../lib/tokens/NameAndDays";
import { useMakeToken } from "../../lib/tokens/useMakeToken";
import { Boxes } from "../../ui/Boxes";
import { FormDialog } from "../../ui/FormDialog";
import { useFields } from "../../ui/useFields";

const TokenPermissionsDocument = graphql(`
  query TokenPermissions {
    viewer {
      tokenPermissions
    }
  }
`);

interface Props {
  /** With the secret of the token, where one was made. */
  onClose: (secret?: string) => void;
}

/** Makes a token for the installation, with admin permissions of the reader's. */
export function MakeTokenDialog({ onClose }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [{ data }] = useQuery({ query: TokenPermissionsDocument });
  const [make, busy] = useMakeToken();
  const [chosen, setChosen] = useState<readonly AdminPermission[]>([]);
  const fields = useFields({ name: "", days: "90", permissions: "" });
  const submit = async () => {
    const good = fields.check({
      name: !fields.values.name.trim() && c("userError.name.REQUIRED"),
      permissions: chosen.length === 0 && c("permissions.needed"),
    });
    if (!good) return;
    const outcome = await make({
      input: { name: fields.values.name, days: Number(fields.values.days), permissions: [...chosen] },
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
      <Boxes title={t("tokens.permissions")} error={fields.input("permissions").error} columns>
        {data?.viewer.tokenPermissions.map((one) => (
          <Checkbox
            key={one}
            size="sm"
            label={c(`adminPermission.${one}`)}
            checked={chosen.includes(one)}
            onChange={({ currentTarget: { checked } }) => {
              const next = checked ? [...chosen, one] : chosen.filter((other) => other !== one);
              setChosen(next);
              fields.set("permissions", next.join(" "));
            }}
          />
        ))}
      </Boxes>
    </FormDialog>
  );
}
