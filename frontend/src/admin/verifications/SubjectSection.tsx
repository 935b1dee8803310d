import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { useCan } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { Facts } from "../../ui/Facts";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";
import { useLanguageName } from "../languageName";
import classes from "./ReviewPage.module.css";

const SubjectSectionFragment = graphql(`
  fragment SubjectSection_user on User {
    id
    name
    email
    emailVerified
    language
    createdAt
    memberships(first: 10) {
      nodes {
        id
        owner
        account {
          id
          number
          name
        }
      }
      pageInfo {
        hasNextPage
      }
    }
    orders(first: 10) @include(if: $withOrders) {
      nodes {
        id
        number
        createdAt
        placedByStaff
        verificationRequired
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

/** What is known of the user, to compare documents with. */
export function SubjectSection({ user: masked }: { user: FragmentType<typeof SubjectSectionFragment> }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const user = readFragment(SubjectSectionFragment, masked);
  const can = useCan();
  const formats = useFormats();
  const languageName = useLanguageName();
  const accounts = (user.memberships?.nodes ?? []).map(({ id, owner, account }) => (
    <li key={id}>
      {can("LIST_ACCOUNTS") ? (
        <Link to="/admin/accounts/$number" params={{ number: String(account.number) }}>
          <bdi>{account.name}</bdi>
        </Link>
      ) : (
        <bdi>{account.name}</bdi>
      )}{" "}
      {owner && <Badge>{t("review.owner")}</Badge>}
    </li>
  ));
  const orders = user.orders?.nodes.map(({ id, number, createdAt, placedByStaff, verificationRequired }) => (
    <li key={id}>
      <bdi>{number}</bdi>
      {" · "}
      {formats.date(createdAt)}
      {placedByStaff && ` · ${c("orders.byStaff")}`}{" "}
      {verificationRequired && <Badge tone="accent">{c("verification.required")}</Badge>}
    </li>
  ));
  const list = (items: React.ReactNode[], more?: boolean) =>
    items.length > 0 ? (
      <ul className={classes.list}>
        {items}
        {more && <li key="more">{t("review.more")}</li>}
      </ul>
    ) : (
      t("settings.nothing")
    );
  return (
    <Section title={t("user.profile")}>
      <Facts
        stacked
        facts={[
          [t("users.name"), <strong key="name">{user.name}</strong>],
          [
            t("users.email"),
            <span key="email">
              <Ltr>{user.email}</Ltr>{" "}
              <Badge tone={user.emailVerified ? "good" : "warn"}>
                {t(user.emailVerified ? "user.verified" : "user.unverified")}
              </Badge>
            </span>,
          ],
          [t("users.language"), user.language ? languageName(user.language) : "–"],
          [t("users.created"), user.createdAt ? formats.date(user.createdAt) : "–"],
          [t("reach.title"), list(accounts, user.memberships?.pageInfo.hasNextPage)],
          ...(orders ? [[c("orders.title"), list(orders, user.orders?.pageInfo.hasNextPage)] as const] : []),
        ]}
      />
    </Section>
  );
}
