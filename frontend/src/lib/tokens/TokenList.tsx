import { Button } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { EmptyState } from "../../ui/EmptyState";
import { Items } from "../../ui/Items";
import { Paged } from "../api/Paged";
import type { Pages } from "../api/usePages";
import { useSession } from "../session/useSession";
import { RevokeTokenDialog } from "./RevokeTokenDialog";
import { RotateTokenDialog } from "./RotateTokenDialog";
import { SecretDialog } from "./SecretDialog";
import { TokenItem } from "./TokenItem";

const TokenListFragment = graphql(`
  fragment TokenList_token on ApiToken {
    id
    name
    usable
    revokedAt
    maker {
      id
    }
    ...TokenItem_token
  }
`);

type Row = { id: string } & FragmentType<typeof TokenListFragment>;

interface Props {
  list: Pages<Row>;
  /** Tokens of others are among them. */
  everybody?: boolean;
  /** What can be done where there are none. */
  hint: string;
}

/** API tokens, with what can be done about each: another secret for one's own, and an end for any. */
export function TokenList({ list, everybody, hint }: Props) {
  const { t } = useTranslation();
  const me = useSession().viewer.user?.id;
  const [open, setOpen] = useState<{ what: "rotate" | "revoke"; token: { id: string; name: string }; own: boolean }>();
  const [secret, setSecret] = useState<string>();
  const close = (shown?: string) => {
    setOpen(undefined);
    setSecret(shown);
  };
  return (
    <>
      <Paged
        list={list}
        label={t("table.loading")}
        empty={
          <EmptyState icon={IconKey} title={t("token.none")}>
            {hint}
          </EmptyState>
        }
      >
        <Items>
          {list.rows.map((row) => {
            const token = readFragment(TokenListFragment, row);
            const own = token.maker?.id === me;
            return (
              <TokenItem
                key={token.id}
                token={token}
                whose={everybody}
                actions={
                  !token.revokedAt && (
                    <>
                      {own && token.usable && (
                        <Button variant="default" size="xs" onClick={() => setOpen({ what: "rotate", token, own })}>
                          {t("token.rotate")}
                        </Button>
                      )}
                      <Button variant="default" size="xs" onClick={() => setOpen({ what: "revoke", token, own })}>
                        {t("token.revoke")}
                      </Button>
                    </>
                  )
                }
              />
            );
          })}
        </Items>
      </Paged>
      {open?.what === "rotate" && <RotateTokenDialog token={open.token} onClose={close} />}
      {open?.what === "revoke" && <RevokeTokenDialog token={open.token} own={open.own} onClose={() => close()} />}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}
