import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { toastGood } from "../../ui/toast";
import { fieldErrors } from "./fieldErrors";
import { type PayloadOf, useAct } from "./useAct";

interface Props<Data, Variables> {
  /** A mutation of one root field. */
  document: TypedDocumentNode<Data, Variables>;
  variables: Variables;
  title: string;
  /** What will happen. */
  text: ReactNode;
  /** What the button does. */
  confirm: string;
  danger?: boolean;
  /** What is said when it was done. */
  done: string | ((payload: PayloadOf<Data>) => string);
  /** Whether it was done. It was not when somebody thought better of it, or the act was refused as a whole, which a toast says. */
  onClose: (done: boolean) => void;
}

/** Asks before an act, does it and says so; what the API wants otherwise is said in the dialog. Render it when it opens. */
export function ActDialog<Data, Variables extends object>(props: Props<Data, Variables>) {
  const { document, variables, done, onClose, ...words } = props;
  const { t } = useTranslation("common");
  const [act, busy] = useAct(document);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const confirm = async () => {
    setProblems([]); // the same sentence again is told again
    const outcome = await act(variables);
    if (outcome.ok) {
      toastGood(typeof done === "string" ? done : done(outcome.payload));
      return onClose(true);
    }
    if (outcome.fault) return onClose(false);
    setProblems(fieldErrors(t, outcome.userErrors, []).rest);
  };
  return (
    <ConfirmDialog
      {...words}
      opened
      onClose={() => onClose(false)}
      onConfirm={confirm}
      busy={busy}
      problems={problems}
    />
  );
}
