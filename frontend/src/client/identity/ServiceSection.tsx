import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { Fault } from "../../lib/api/fault";
import { faultText } from "../../lib/api/faultText";
import { useAct } from "../../lib/api/useAct";
import { Banner } from "../../ui/Banner";
import { Section } from "../../ui/Section";
import { leaveWith } from "./left";
import { providerName } from "./providerName";
import classes from "./ServiceSection.module.css";

const ServiceSectionFragment = graphql(`
  fragment ServiceSection_proof on IdentityVerification {
    provider
    version
  }
`);

const BeginIdentityVerificationDocument = graphql(`
  mutation BeginIdentityVerification {
    beginIdentityVerification {
      url
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  proof: FragmentType<typeof ServiceSectionFragment>;
  reload: () => void;
}

/** The way to the service that checks who the user is, on its own page. */
export function ServiceSection({ proof: masked, reload }: Props) {
  const { t } = useTranslation("client");
  const { provider, version } = readFragment(ServiceSectionFragment, masked);
  const { t: c } = useTranslation("common");
  const [begin, busy] = useAct(BeginIdentityVerificationDocument, { quiet: true });
  const [refused, setRefused] = useState<string>();
  const name = providerName(t, provider);

  const go = async () => {
    setRefused(undefined);
    const outcome = await begin({});
    if (outcome.ok && outcome.payload.url) {
      leaveWith(version);
      window.location.assign(outcome.payload.url);
    } else if (!outcome.ok) {
      setRefused(outcome.fault ? faultWords(outcome.fault) : t("identity.service.refused", { name }));
      if (!outcome.fault) reload();
    }
  };
  const faultWords = (fault: Fault) =>
    fault.service ? t(`identity.service.${fault.service}`, { name }) : faultText(c, fault);

  return (
    <Section title={t("identity.service.title", { name })} lead={t("identity.service.lead", { name })}>
      <div className={classes.way}>
        {refused && (
          <Banner tone="bad" urgent>
            {refused}
          </Banner>
        )}
        <p>{t("identity.service.text", { name })}</p>
        <Button
          loading={busy}
          rightSection={<IconExternalLink size={16} stroke={1.8} aria-hidden="true" />}
          onClick={() => void go()}
        >
          {t("identity.service.begin", { name })}
        </Button>
      </div>
    </Section>
  );
}
