import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { faultText } from "../../lib/api/faultText";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";

const DeclineInvitationDocument = graphql(`
  mutation DeclineInvitation($input: DeclineInvitationInput!) {
    declineInvitation(input: $input) {
      accountName
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** Turns an invitation down: whoever holds its link can. */
export function useDeclineInvitation(token: string) {
  const { t } = useTranslation();
  const [run, declining] = useAct(DeclineInvitationDocument, { quiet: true });
  const [declined, setDeclined] = useState(false);
  const [problem, setProblem] = useState<string>();
  const decline = async () => {
    setProblem(undefined);
    const outcome = await run({ input: { token } });
    if (outcome.ok) return setDeclined(true);
    setProblem(outcome.fault ? faultText(t, outcome.fault) : fieldErrors(t, outcome.userErrors, []).rest.join(" "));
  };
  return { decline, declining, declined, problem };
}
