import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { PermissionBoxes } from "../../lib/members/PermissionBoxes";
import { PermissionList } from "../../lib/members/PermissionList";
import { TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { Theirs } from "../../ui/Theirs";
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
        version
      }
      present {
        id
        name
        permissions
        version
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Template {
  id: string;
  name: string;
  permissions: readonly AccountPermission[];
  version: number;
}

interface Props {
  /** The one to change; absent: a new one. */
  template?: Template;
  /** Whether something was saved. */
  onClose: (done: boolean) => void;
}

/**
 * Makes a named set of permissions, or changes one. When somebody else was faster, it shows what they left, and it is for
 * the reader to say which is right.
 */
export function TemplateDialog({ template: opened, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [create, creating] = useAct(CreatePermissionTemplateDocument);
  const [update, updating] = useAct(UpdatePermissionTemplateDocument);
  // As it was when the dialog opened: what others do meanwhile must not slip in unseen.
  const [template, setTemplate] = useState(opened);
  const [theirs, setTheirs] = useState<Template>();
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
    const updated =
      template && (await update({ input: { templateId: template.id, version: template.version, ...values } }));
    const outcome = updated ?? (await create({ input: values }));
    if (outcome.ok) {
      toastGood(t("edit.done", { name: name.trim() }));
      return onClose(true);
    }
    const present = updated?.payload?.present;
    if (!present) return fields.refuse(outcome.userErrors);
    setTemplate(present);
    setTheirs(present);
  };
  return (
    <FormDialog
      opened
      wide
      onClose={() => onClose(false)}
      onSubmit={submit}
      title={t(template ? "templates.edit" : "templates.add")}
      submit={t(theirs ? "edit.overwrite" : "edit.save")}
      busy={creating || updating}
      problems={fields.problems}
      answer={fields.answer}
    >
      {theirs && (
        <Theirs
          text={t("templates.conflict")}
          take={t("edit.takeTheirs")}
          onTake={() => {
            setPermissions(theirs.permissions);
            fields.reset({ name: theirs.name, permissions: "" });
            setTheirs(undefined);
          }}
        >
          {theirs.name}
          <PermissionList permissions={theirs.permissions} />
        </Theirs>
      )}
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
