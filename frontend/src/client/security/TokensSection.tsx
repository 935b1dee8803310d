import { Button } from "@mantine/core";
import { IconApi, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { OwnTokensQuery } from "../../gen/graphql";
import { usePages } from "../../lib/api/usePages";
import { SecretDialog } from "../../lib/tokens/SecretDialog";
import { TokenList } from "../../lib/tokens/TokenList";
import { Section } from "../../ui/Section";
import { MakeTokenDialog } from "./MakeTokenDialog";

const OwnTokensDocument = graphql(`
  query OwnTokens($after: String) {
    viewer {
      apiTokens(first: 25, after: $after) {
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
  }
`);

const read = ({ viewer: { apiTokens } }: OwnTokensQuery) =>
  apiTokens && { rows: apiTokens.nodes, pageInfo: apiTokens.pageInfo };
const nothing = {};

/** The viewer's own API tokens. */
export function TokensSection() {
  const { t } = useTranslation("client");
  const list = usePages(OwnTokensDocument, nothing, read);
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const close = (made?: string) => {
    setMaking(false);
    setSecret(made);
    list.retry();
  };
  return (
    <Section
      title={t("tokens.title")}
      lead={t("tokens.lead")}
      actions={
        <>
          <Button
            component={Link}
            to="/explorer"
            reloadDocument
            variant="subtle"
            size="xs"
            leftSection={<IconApi size={15} stroke={1.8} aria-hidden="true" />}
          >
            {t("tokens.explorer")}
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            onClick={() => setMaking(true)}
          >
            {t("tokens.make")}
          </Button>
        </>
      }
      flush
    >
      <TokenList list={list} hint={t("tokens.noneHint")} />
      {making && <MakeTokenDialog onClose={close} />}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </Section>
  );
}
