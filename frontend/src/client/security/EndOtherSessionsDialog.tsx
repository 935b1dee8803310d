import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { ActDialog } from "../../lib/api/ActDialog";

const RevokeOtherSessionsDocument = graphql(`
  mutation RevokeOtherSessions($input: RevokeOtherSessionsInput!) {
    revokeOtherSessions(input: $input) {
      ended
      user {
        id
        sessions {
          id
        }
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
  /** How many other sessions the page shows. */
  count: number;
  /** Whether it was done. */
  onClose: (done: boolean) => void;
}

/** Ends all sessions but this one, and says how many that were. */
export function EndOtherSessionsDialog({ count, onClose }: Props) {
  const { t } = useTranslation("client");
  return (
    <ActDialog
      document={RevokeOtherSessionsDocument}
      variables={{ input: {} }}
      title={t("sessions.endOthers.title")}
      text={t("sessions.endOthers.text", { count })}
      confirm={t("sessions.endOthers.action")}
      danger
      done={({ ended }) => t("sessions.endOthers.done", { count: ended })}
      onClose={onClose}
    />
  );
}
