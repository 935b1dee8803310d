import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { toastBad, toastGood } from "../../ui/toast";
import { fieldErrors } from "./fieldErrors";
import { useAct } from "./useAct";

/** An act without a form: how it went is a toast. `run` takes what to say when it was done, and tells whether it was. */
export function useToldAct<Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
): [run: (variables: Variables, done: string) => Promise<boolean>, running: boolean] {
  const { t } = useTranslation("common");
  const [act, running] = useAct(document);
  const run = useCallback(
    async (variables: Variables, done: string) => {
      const { ok, ...refused } = await act(variables);
      if (ok) toastGood(done);
      else if ("userErrors" in refused && refused.userErrors.length > 0) {
        toastBad(fieldErrors(t, refused.userErrors, []).rest.join(" "));
      }
      return ok;
    },
    [act, t],
  );
  return [run, running];
}
