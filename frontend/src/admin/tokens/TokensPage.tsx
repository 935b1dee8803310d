import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { ApiTokensQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { SecretDialog } from "../../lib/tokens/SecretDialog";
import { TokenList } from "../../lib/tokens/TokenList";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { MakeTokenDialog } from "./MakeTokenDialog";

const ApiTokensDocument = graphql(`
  query ApiTokens($after: String) {
    apiTokens(first: 20, after: $after) {
      nodes {
        id
        ...TokenList_token
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const read = ({ apiTokens }: ApiTokensQuery) => ({ rows: apiTokens.nodes, pageInfo: apiTokens.pageInfo });
const nothing = {};

/** All API tokens: the installation's, with admin permissions, and those that users made for themselves. */
export function TokensPage() {
  const { t } = useTranslation("admin");
  const list = usePages(ApiTokensDocument, nothing, read);
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const close = (made?: string) => {
    setMaking(false);
    setSecret(made);
    list.retry();
  };
  return (
    <Page
      title={t("tokens.title")}
      lead={t("tokens.lead")}
      crumbs={[{ label: t("nav.setup") }]}
      actions={
        <Button leftSection={<IconPlus size={16} stroke={1.8} aria-hidden="true" />} onClick={() => setMaking(true)}>
          {t("tokens.make")}
        </Button>
      }
    >
      <Section title={t("tokens.title")} flush>
        <TokenList list={list} everybody hint={t("tokens.noneHint")} />
      </Section>
      {making && <MakeTokenDialog onClose={close} />}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}
