import { useGraphiQL } from "@graphiql/react";
import { type ReactNode, useEffect, useMemo } from "react";
import { CopyAs } from "./CopyAs";
import { CostNote } from "./CostNote";
import { readOperation } from "./operation";
import { useEditorLook } from "./useEditorLook";

interface Props {
  prettify: ReactNode;
  copy: ReactNode;
}

/** What stands beside the run button: what the run will cost, and what else can be done with the operation. */
export function Commands({ prettify, copy }: Props) {
  useEditorLook();
  const at = useGraphiQL(({ activeTabIndex }) => activeTabIndex);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab comes into sight
  useEffect(() => {
    document.querySelector(".graphiql-tab-active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [at]);
  const { query, variables, operationName } = useGraphiQL(({ tabs, activeTabIndex }) => {
    const { query = null, variables = null, operationName = null } = tabs[activeTabIndex] ?? {};
    return { query, variables, operationName };
  });
  const operation = useMemo(() => readOperation(query, variables, operationName), [query, variables, operationName]);
  return (
    <>
      <CostNote operation={operation} />
      {prettify}
      {copy}
      <CopyAs operation={operation} />
    </>
  );
}
