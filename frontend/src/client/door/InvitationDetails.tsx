import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { useSession } from "../../lib/session/useSession";
import classes from "./InvitationDetails.module.css";

const InvitationDetailsFragment = graphql(`
  fragment InvitationDetails_invitation on InvitationPreview {
    accountName
    inviterName
    permissions
    expiresAt
  }
`);

/** Who invites, where to, what it allows, and until when it stands. */
export function InvitationDetails({ invitation }: { invitation: FragmentType<typeof InvitationDetailsFragment> }) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const formats = useFormats();
  const { company } = useSession().installation;
  const { accountName, inviterName, permissions, expiresAt } = readFragment(InvitationDetailsFragment, invitation);
  return (
    <div className={classes.details}>
      <p>
        {inviterName
          ? t("invitation.from", { name: inviterName, account: accountName })
          : t("invitation.fromStaff", { company, account: accountName })}
      </p>
      <p>{t("invitation.allows")}</p>
      <ul>
        {permissions.map((permission) => (
          <li key={permission}>{c(`accountPermission.${permission}`)}</li>
        ))}
      </ul>
      {expiresAt && <p className={classes.until}>{c("invitations.until", { date: formats.dateTime(expiresAt) })}</p>}
    </div>
  );
}
