import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

/** Editors in the measure of the app's other texts; a line that is too long for its pane goes on below. */
const look = {
  fontSize: 13,
  lineHeight: 20,
  fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  wordWrap: "on",
} as const;

/** Gives the editors their look once they are there: GraphiQL has no setting for it. */
export function useEditorLook(): void {
  const editors = useGraphiQL(({ queryEditor, variableEditor, responseEditor }) => [
    queryEditor,
    variableEditor,
    responseEditor,
  ]);
  useEffect(() => {
    for (const editor of editors) editor?.updateOptions(look);
  }, [editors]);
}
