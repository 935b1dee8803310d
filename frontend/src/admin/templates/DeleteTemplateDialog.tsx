import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";

const DeletePermissionTemplateDocument = graphql(`
  mutation DeletePermissionTemplate($input: DeletePermissionTemplateInput!) {
    deletePermissionTemplate(input: $input) {
      deletedId
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  template: { id: string; name: string };
  /** Whether it is gone. */
  onClose: (done: boolean) => void;
}

/** Asks before a template is deleted, and says that nobody loses anything. */
export function DeleteTemplateDialog({ template: { id, name }, onClose }: Props) {
  const { t } = useTranslation("admin");
  const [remove, busy] = useAct(DeletePermissionTemplateDocument);
  const confirm = async () => {
    const { ok } = await remove({ input: { templateId: id } });
    if (ok) toastGood(t("deleteAccount.done", { name }));
    onClose(true);
  };
  return (
    <ConfirmDialog
      opened
      onClose={() => onClose(false)}
      onConfirm={confirm}
      title={t("deleteAccount.ask", { name })}
      text={t("templates.deleteText")}
      confirm={t("questions.deleteSubmit")}
      danger
      busy={busy}
    />
  );
}
