import { Button } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { PutOffBanner } from "../../lib/session/PutOffBanner";
import { useSession } from "../../lib/session/useSession";

const IdentityBannerDocument = graphql(`
  query IdentityBanner {
    viewer {
      user {
        id
        identityVerification {
          status
          triesLeft
          version
        }
      }
    }
  }
`);

/**
 * Reminds who is asked to prove who they are; it can be put off to the next sign-in, or until something happens about it. On
 * the page where it is proven it would say nothing new.
 */
export function IdentityBanner() {
  const { t } = useTranslation("client");
  const { user } = useSession().viewer;
  const { pathname } = useLocation();
  const [{ data }] = useQuery({ query: IdentityBannerDocument, pause: !user });
  const proof = data?.viewer.user?.identityVerification;
  if (!user || !proof || pathname === "/identity") return null;
  const { status, triesLeft, version } = proof;
  if (status !== "REQUESTED" && status !== "EXPIRED" && !(status === "REJECTED" && triesLeft > 0)) return null;
  return (
    <PutOffBanner
      storageKey="roster.identityLater"
      occasion={`${user.lastLoginAt ?? ""} ${version} ${status}`}
      text={t(`identity.banner.${status}`)}
    >
      <Button component={Link} to="/identity" variant="default" size="xs">
        {t(status === "EXPIRED" ? "identity.banner.look" : "identity.banner.prove")}
      </Button>
    </PutOffBanner>
  );
}
