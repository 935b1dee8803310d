import { Button } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { useCan } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { CopyButton } from "../../ui/CopyButton";
import { Facts } from "../../ui/Facts";
import { Ltr } from "../../ui/Ltr";
import { RelativeTime } from "../../ui/RelativeTime";
import { Section } from "../../ui/Section";
import { useLanguageName } from "../languageName";
import { EditDialog } from "./EditDialog";
import classes from "./ProfileSection.module.css";

const ProfileSectionFragment = graphql(`
  fragment ProfileSection_user on User {
    id
    name
    email
    emailVerified
    language
    state
    lastLoginAt
    createdAt
    role {
      id
      name
    }
    ...EditDialog_user
  }
`);

/** Who the user is. */
export function ProfileSection({ user: masked }: { user: FragmentType<typeof ProfileSectionFragment> }) {
  const { t } = useTranslation("admin");
  const user = readFragment(ProfileSectionFragment, masked);
  const can = useCan();
  const formats = useFormats();
  const languageName = useLanguageName();
  const [editing, setEditing] = useState(false);
  return (
    <Section
      title={t("user.profile")}
      actions={
        can("EDIT_USERS") &&
        user.state !== "ERASED" && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPencil size={15} stroke={1.7} aria-hidden="true" />}
            onClick={() => setEditing(true)}
          >
            {t("user.edit")}
          </Button>
        )
      }
    >
      <Facts
        facts={[
          [t("users.name"), user.name],
          [
            t("users.email"),
            <span key="email" className={classes.email}>
              <Ltr>{user.email}</Ltr>
              <CopyButton value={user.email} what={t("users.email")} />
              <Badge tone={user.emailVerified ? "good" : "warn"}>
                {t(user.emailVerified ? "user.verified" : "user.unverified")}
              </Badge>
            </span>,
          ],
          [t("users.language"), user.language ? languageName(user.language) : "–"],
          [t("users.state"), t(`state.${user.state ?? "ACTIVE"}`)],
          [t("user.role"), user.role?.name ?? t("user.noRole")],
          [t("users.lastLogin"), <RelativeTime key="login" at={user.lastLoginAt} />],
          [t("users.created"), user.createdAt ? formats.dateTime(user.createdAt) : "–"],
        ]}
      />
      {editing && <EditDialog user={user} onClose={() => setEditing(false)} />}
    </Section>
  );
}
