import { IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { Badge } from "../../ui/Badge";
import { Item } from "../../ui/Items";
import { Ltr } from "../../ui/Ltr";
import { RelativeTime } from "../../ui/RelativeTime";
import { useFormats } from "../format";
import { PermissionList } from "../members/PermissionList";

const TokenItemFragment = graphql(`
  fragment TokenItem_token on ApiToken {
    name
    kind
    permissions
    createdAt
    expiresAt
    usable
    lastUsedAt
    lastUsedAddress
    revokedAt
    revokeReason
    maker {
      id
      name
    }
    scopes {
      permissions
      account {
        id
        name
      }
    }
  }
`);

interface Props {
  token: FragmentType<typeof TokenItemFragment>;
  /** Says whose it is. */
  whose?: boolean;
  actions?: ReactNode;
}

/** An API token in Items: what it may do, until when, and when it was last used. */
export function TokenItem({ token: masked, whose, actions }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const token = readFragment(TokenItemFragment, masked);
  const over = new Date(token.expiresAt) <= new Date();
  const until =
    !token.usable && !over ? t("token.endedWhy") : t("token.until", { date: formats.date(token.expiresAt) });
  return (
    <Item
      icon={IconKey}
      title={token.name}
      mark={
        <>
          {whose && <Badge>{t(`token.kind.${token.kind}`)}</Badge>}
          {token.revokedAt ? (
            <Badge tone="bad">{t("token.revoked")}</Badge>
          ) : (
            !token.usable && <Badge tone="bad">{t(over ? "token.over" : "token.ended")}</Badge>
          )}
        </>
      }
      actions={actions}
    >
      {whose && token.maker && `${t("token.by", { name: token.maker.name })} · `}
      {token.revokedAt ? t("token.revokedAt", { date: formats.dateTime(token.revokedAt) }) : until}
      {token.revokeReason && ` · ${token.revokeReason}`}
      {" · "}
      {t("field.label", { label: t("token.lastUsed") })} <RelativeTime at={token.lastUsedAt} />
      {token.lastUsedAddress && (
        <>
          {" · "}
          <Ltr>{token.lastUsedAddress}</Ltr>
        </>
      )}
      {token.kind !== "PERSONAL" && (
        <>
          <br />
          {formats.list(token.permissions.map((one) => t(`adminPermission.${one}`)))}
        </>
      )}
      {token.scopes.map(({ account, permissions }, place) => (
        // A scope has no other name than its place where its account may not be known.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list of a token never changes
        <span key={place}>
          <br />
          {t("field.label", { label: account?.name ?? t("token.noAccount") })}{" "}
          <PermissionList permissions={permissions} />
        </span>
      ))}
    </Item>
  );
}
