import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { PermissionBoxes } from "../../lib/members/PermissionBoxes";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const CreatePermissionTemplateDocument = graphql(`
  mutation CreatePermissionTemplate($input: CreatePermissionTemplateInput!) {
    createPermissionTemplate(input: $input) {
      template {
        id
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const UpdatePermissionTemplateDocument = graphql(`
  mutation UpdatePermissionTemplate($input: UpdatePermissionTemplateInput!) {
    updatePermissionTemplate(input: $input) {
      template {
        id
        name
        permissions
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  /** The one to change; absent: a new one. */
  template?: { id: string; name: string; permissions: readonly AccountPermission[] };
  /** Whether something was saved. */
  onClose: (done: boolean) => void;
}

/** Makes a named set of permissions, or changes one. */
export function TemplateDialog({ template, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [create, creating] = useAct(CreatePermissionTemplateDocument);
  const [update, updating] = useAct(UpdatePermissionTemplateDocument);
  const [permissions, setPermissions] = useState<readonly AccountPermission[]>(template?.permissions ?? []);
  const fields = useFields({ name: template?.name ?? "", permissions: "" });
  const submit = async () => {
    const { name } = fields.values;
    const good = fields.check({
      name: !name.trim() && t("templates.nameNeeded"),
      permissions: permissions.length === 0 && c("permissions.needed"),
    });
    if (!good) return;
    const values = { name, permissions: [...permissions] };
    const outcome = template
      ? await update({ input: { templateId: template.id, ...values } })
      : await create({ input: values });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("edit.done", { name: name.trim() }));
    onClose(true);
  };
  return (
    <FormDialog
      opened
      wide
      onClose={() => onClose(false)}
      onSubmit={submit}
      title={t(template ? "templates.edit" : "templates.add")}
      submit={t("edit.save")}
      busy={creating || updating}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField {...fields.input("name")} label={t("users.name")} maxLength={100} data-autofocus />
      <PermissionBoxes
        value={permissions}
        onChange={(value) => {
          setPermissions(value);
          fields.set("permissions", value.join(" "));
        }}
        error={fields.input("permissions").error}
      />
    </FormDialog>
  );
}
