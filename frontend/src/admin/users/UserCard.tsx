import { useTranslation } from "react-i18next";
import { VerificationBadge } from "../../lib/verification/VerificationBadge";
import { Ltr } from "../../ui/Ltr";
import { RelativeTime } from "../../ui/RelativeTime";
import { RowLink } from "../../ui/rows";
import classes from "../list.module.css";
import { StateBadge } from "./StateBadge";
import { UserMenu } from "./UserMenu";
import { QuestionIcon, TwoFactorIcon } from "./useColumns";
import type { UserRow } from "./userRow";

/** A user of the list where the screen is too narrow for columns. */
export function UserCard({ user, onReset }: { user: UserRow; onReset: () => void }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const { identityVerification: proof } = user;
  return (
    <div className={classes.card}>
      <div className={classes.words}>
        <span className={classes.name}>
          <RowLink to="/admin/users/$number" params={{ number: String(user.number) }}>
            {user.name}
          </RowLink>
          <span className={classes.number}>#{user.number}</span>
          <StateBadge user={user} />
        </span>
        <div className={classes.email}>
          <Ltr>{user.email}</Ltr>
        </div>
        <div className={classes.signs}>
          <TwoFactorIcon on={user.twoFactorEnabled} />
          <QuestionIcon on={user.securityQuestionSet ?? false} />
          <span>
            {c("field.label", { label: t("users.lastLogin") })} <RelativeTime at={user.lastLoginAt} />
          </span>
          {proof && proof.status !== "NOT_REQUESTED" && <VerificationBadge status={proof.status} />}
        </div>
      </div>
      <UserMenu user={user} onReset={onReset} />
    </div>
  );
}
