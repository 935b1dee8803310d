import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../../lib/api/ActDialog";

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
  return (
    <ActDialog
      document={DeletePermissionTemplateDocument}
      variables={{ input: { templateId: id } }}
      title={t("deleteAccount.ask", { name })}
      text={t("templates.deleteText")}
      confirm={t("questions.deleteSubmit")}
      danger
      done={t("deleteAccount.done", { name })}
      // Somebody else may have deleted it before: the list is fetched anew either way.
      onClose={() => onClose(true)}
    />
  );
}
