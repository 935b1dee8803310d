import "./workers";
// One by one: graphiql/style.css would bring fonts along, as data: that the page's policy does not let through.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "graphiql/graphiql.css";
import { useComputedColorScheme } from "@mantine/core";
import { GraphiQL, type GraphiQLProps } from "graphiql";
import { type ExecutionResult, GraphQLError } from "graphql";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { SkipLink } from "../ui/SkipLink";
import { useTitle } from "../ui/useTitle";
import { Bar } from "./Bar";
import { Commands } from "./Commands";
import { examplesPlugin } from "./Examples";
import classes from "./Explorer.module.css";
import { examples, type Samples } from "./examples";
import "./graphiql.css";
import type { Who } from "./identity";
import { nameIn } from "./operation";
import { post } from "./post";
import { SessionContext } from "./session";
import { memoryStorage } from "./storage";

interface Props {
  /** Who is signed in. */
  me: Who;
  samples: Samples;
}

const storage = memoryStorage();

/** GraphiQL over the API of this installation, with the rights of who is signed in or of an API token. */
export function Explorer({ me, samples }: Props) {
  const { t } = useTranslation("explorer");
  const scheme = useComputedColorScheme("light");
  const [as, setAs] = useState<"me" | "token">("me");
  const [token, setToken] = useState<{ secret: string; who: Who }>();
  const [refused, setRefused] = useState(false);
  useTitle(t("title"));

  const session = useMemo(
    () => ({ samples, acting: as === "me" ? { who: me } : token && { who: token.who, token: token.secret } }),
    [samples, as, me, token],
  );
  // GraphiQL loads the schema anew with every other fetcher; this one stays, and looks up who acts when it is called.
  const acting = useRef(session.acting);
  useEffect(() => {
    acting.current = session.acting;
    setRefused(false);
  }, [session]);
  const fetcher: GraphiQLProps["fetcher"] = useCallback(
    async ({ query, variables, operationName }: Sent) => {
      const now = acting.current;
      if (!now) return { errors: [new GraphQLError(t("token.needed"))] };
      const operation = { query, variables, operationName: nameIn(query, operationName) };
      const answer = await post(operation, { token: now.token });
      const over = !answer.data && answer.errors?.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED");
      if (now === acting.current) setRefused(over ?? false);
      // GraphiQL shows errors as they came, whatever its type says.
      return answer as ExecutionResult;
    },
    [t],
  );

  const plugin = useMemo(() => examplesPlugin(t("examples.title")), [t]);
  const plugins = useMemo(() => [plugin], [plugin]);
  const first = useMemo(() => examples.slice(0, 1).map(({ query }) => ({ query })), []);
  return (
    <SessionContext value={session}>
      <div className={classes.explorer}>
        <SkipLink />
        <Bar me={me} as={as} onAs={setAs} token={token} onToken={setToken} refused={refused} />
        <main className={classes.tool} id="main" tabIndex={-1} dir="ltr" lang="en">
          <GraphiQL
            fetcher={fetcher}
            storage={storage}
            // The token has a place of its own, and no other header is needed.
            isHeadersEditorEnabled={false}
            shouldPersistHeaders={false}
            defaultTabs={first}
            defaultEditorToolsVisibility="variables"
            forcedTheme={scheme}
            plugins={plugins}
            visiblePlugin={plugin}
          >
            <GraphiQL.Logo>{null}</GraphiQL.Logo>
            <GraphiQL.Toolbar>{(buttons) => <Commands {...buttons} />}</GraphiQL.Toolbar>
          </GraphiQL>
        </main>
      </div>
    </SessionContext>
  );
}

type Sent = Parameters<GraphiQLProps["fetcher"]>[0];
