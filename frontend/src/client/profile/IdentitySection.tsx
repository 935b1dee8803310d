import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { VerificationBadge } from "../../lib/verification/VerificationBadge";
import { Section } from "../../ui/Section";

const IdentitySectionFragment = graphql(`
  fragment IdentitySection_user on User {
    id
    identityVerification {
      status
      applicable
    }
  }
`);

/** Where the user stands with proving who they are. Nothing, where nobody asks it of them. */
export function IdentitySection({ user }: { user: FragmentType<typeof IdentitySectionFragment> }) {
  const { t } = useTranslation("client");
  const { identityVerification: proof } = readFragment(IdentitySectionFragment, user);
  if (!proof || (proof.status === "NOT_REQUESTED" && !proof.applicable)) return null;
  return (
    <Section
      title={t("identity.title")}
      lead={t("identity.lead")}
      actions={
        <Button component={Link} to="/identity" variant="default" size="xs">
          {t("identity.open")}
        </Button>
      }
    >
      <VerificationBadge status={proof.status} />
    </Section>
  );
}
