import { VisuallyHidden } from "@mantine/core";
import { IconHelpCircle, IconHelpCircleFilled, IconShieldCheckFilled, IconShieldOff } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { VerificationStatus } from "../../gen/graphql";
import { useFormats } from "../../lib/format";
import { useMayVerify } from "../../lib/session/useSession";
import { VerificationBadge } from "../../lib/verification/VerificationBadge";
import type { Column } from "../../ui/DataTable";
import { Ltr } from "../../ui/Ltr";
import { RelativeTime } from "../../ui/RelativeTime";
import { RowLink } from "../../ui/rows";
import { StatusIcon } from "../../ui/StatusIcon";
import { useLanguageName } from "../languageName";
import classes from "../list.module.css";
import { StateBadge } from "./StateBadge";
import { UserMenu } from "./UserMenu";
import type { UserRow } from "./userRow";

/** The columns of Manage Users; every one but the menu can be sorted by. */
export function useColumns(onReset: (user: UserRow) => void): readonly Column<UserRow>[] {
  const { t } = useTranslation("admin");
  const formats = useFormats();
  const languageName = useLanguageName();
  const mayVerify = useMayVerify();
  return useMemo(() => {
    const verification: Column<UserRow> = {
      id: "verification",
      header: t("verification.title"),
      sort: "VERIFICATION",
      width: "10.5rem",
      cell: ({ identityVerification: proof }) => proof && <Proof status={proof.status} />,
    };
    return [
      {
        id: "number",
        header: t("users.number"),
        sort: "NUMBER",
        width: "5.5rem",
        cell: (user) => <span className={classes.number}>{user.number}</span>,
      },
      {
        id: "name",
        header: t("users.name"),
        sort: "NAME",
        cell: (user) => (
          <span className={classes.name}>
            <RowLink to="/admin/users/$number" params={{ number: String(user.number) }}>
              {user.name}
            </RowLink>
            <StateBadge user={user} />
          </span>
        ),
      },
      {
        id: "email",
        header: t("users.email"),
        sort: "EMAIL",
        // Whole on hover, where many columns leave it little room.
        cell: (user) => <Ltr title={user.email}>{user.email}</Ltr>,
      },
      {
        id: "twoFactor",
        header: t("users.twoFactor"),
        sort: "TWO_FACTOR",
        sortFirst: "DESC",
        width: "7rem",
        align: "center",
        cell: (user) => <TwoFactorIcon on={user.twoFactorEnabled} />,
      },
      {
        id: "question",
        header: t("users.question"),
        sort: "SECURITY_QUESTION",
        sortFirst: "DESC",
        width: "7rem",
        align: "center",
        cell: (user) => <QuestionIcon on={user.securityQuestionSet ?? false} />,
      },
      {
        id: "lastLogin",
        header: t("users.lastLogin"),
        sort: "LAST_LOGIN",
        sortFirst: "DESC",
        width: "9.5rem",
        cell: (user) => <RelativeTime at={user.lastLoginAt} />,
      },
      {
        id: "verified",
        header: t("users.verified"),
        sort: "EMAIL_VERIFIED",
        width: "9rem",
        cell: (user) => t(user.emailVerified ? "user.verified" : "user.unverified"),
      },
      {
        id: "language",
        header: t("users.language"),
        sort: "LANGUAGE",
        width: "7rem",
        cell: (user) => user.language && languageName(user.language),
      },
      {
        id: "state",
        header: t("users.state"),
        sort: "STATE",
        width: "7rem",
        cell: (user) => t(`state.${user.state ?? "ACTIVE"}`),
      },
      {
        id: "created",
        header: t("users.created"),
        sort: "CREATED",
        sortFirst: "DESC",
        width: "9rem",
        cell: (user) => user.createdAt && formats.date(user.createdAt),
      },
      ...(mayVerify ? [verification] : []),
      {
        id: "menu",
        header: t("users.menu"),
        headerHidden: true,
        width: "3.5rem",
        align: "end",
        cell: (user) => <UserMenu user={user} onReset={() => onReset(user)} />,
      },
    ];
  }, [t, formats, languageName, mayVerify, onReset]);
}

/** Most were never asked: that is said to who listens, and to the eye by a dash, so that the others stand out. */
function Proof({ status }: { status: VerificationStatus }) {
  const { t } = useTranslation("common");
  if (status !== "NOT_REQUESTED") return <VerificationBadge status={status} />;
  return (
    <span className={classes.number}>
      <span aria-hidden="true">{"–"}</span>
      <VisuallyHidden>{t(`verification.status.${status}`)}</VisuallyHidden>
    </span>
  );
}

export function TwoFactorIcon({ on }: { on: boolean }) {
  const { t } = useTranslation("admin");
  return (
    <StatusIcon
      icon={on ? IconShieldCheckFilled : IconShieldOff}
      on={on}
      label={t(on ? "users.twoFactorOn" : "users.twoFactorOff")}
    />
  );
}

export function QuestionIcon({ on }: { on: boolean }) {
  const { t } = useTranslation("admin");
  return (
    <StatusIcon
      icon={on ? IconHelpCircleFilled : IconHelpCircle}
      on={on}
      label={t(on ? "users.questionOn" : "users.questionOff")}
    />
  );
}
