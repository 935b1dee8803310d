import { Button } from "@mantine/core";
import { IconDeviceDesktop } from "@tabler/icons-react";
import { Trans, useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { faultOf } from "../../lib/api/fault";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { RelativeTime } from "../../ui/RelativeTime";
import { Section } from "../../ui/Section";
import { toastGood } from "../../ui/toast";
import classes from "./SessionsSection.module.css";
import { useDeviceWords } from "./useDeviceWords";

const TrustedDevicesSectionDocument = graphql(`
  query TrustedDevicesSection {
    viewer {
      trustedDevices {
        id
        browser
        system
        address
        createdAt
        lastUsedAt
        expiresAt
        current
      }
    }
  }
`);

const RevokeTrustedDeviceDocument = graphql(`
  mutation RevokeTrustedDevice($input: RevokeTrustedDeviceInput!) {
    revokeTrustedDevice(input: $input) {
      deviceId
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** The browsers that go without the second factor for a while. Without one there is nothing to say. */
export function TrustedDevicesSection() {
  const { t } = useTranslation("client");
  const formats = useFormats();
  const words = useDeviceWords();
  const [{ data, error }, again] = useQuery({
    query: TrustedDevicesSectionDocument,
    requestPolicy: "cache-and-network",
  });
  const [revoke, busy] = useAct(RevokeTrustedDeviceDocument);
  const reload = () => again({ requestPolicy: "network-only" });
  const end = async (deviceId: string) => {
    const { ok } = await revoke({ input: { deviceId } });
    if (ok) toastGood(t("devices.revoked"));
    reload();
  };
  const devices = data?.viewer.trustedDevices ?? [];
  if (devices.length === 0 && !error) return null;
  return (
    <Section title={t("devices.title")} lead={t("devices.lead")} flush>
      {error && !data ? (
        <ErrorState fault={faultOf(error)} onRetry={reload} />
      ) : (
        <Items>
          {devices.map((device) => (
            <Item
              key={device.id}
              icon={IconDeviceDesktop}
              title={words(device)}
              mark={device.current && <Badge tone="accent">{t("devices.current")}</Badge>}
              actions={
                <Button
                  variant="default"
                  size="xs"
                  disabled={busy}
                  aria-label={t("devices.revokeOne", { device: words(device) })}
                  onClick={() => void end(device.id)}
                >
                  {t("devices.revoke")}
                </Button>
              }
            >
              <span className={classes.facts}>
                <span>
                  <Trans
                    t={t}
                    i18nKey="devices.used"
                    components={[<RelativeTime key="at" at={device.lastUsedAt ?? device.createdAt} />]}
                  />
                </span>
                {device.address && <span>{device.address}</span>}
                <span>{t("devices.until", { date: formats.date(device.expiresAt) })}</span>
              </span>
            </Item>
          ))}
        </Items>
      )}
    </Section>
  );
}
