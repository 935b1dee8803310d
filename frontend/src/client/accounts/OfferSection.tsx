import { Button } from "@mantine/core";
import { IconGift } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { useFormats } from "../../lib/format";
import { Item, Items } from "../../ui/Items";
import { Section } from "../../ui/Section";
import { useOwnershipActs } from "./useOwnershipActs";

const OfferSectionFragment = graphql(`
  fragment OfferSection_account on Account {
    id
    name
    viewerMembership {
      id
    }
    ownershipOffer {
      expiresAt
      membership {
        id
        user {
          id
          name
        }
      }
    }
  }
`);

interface Props {
  account: FragmentType<typeof OfferSectionFragment>;
  /** Runs when the offer was answered or taken back. */
  onDone?: () => void;
}

/** The ownership that is on offer: whom it was offered to accepts or declines it, the owner takes it back. Without an offer it is nothing. */
export function OfferSection({ account: masked, onDone = () => {} }: Props) {
  const { t } = useTranslation("client");
  const formats = useFormats();
  const account = readFragment(OfferSectionFragment, masked);
  const { accept, withdraw, busy } = useOwnershipActs(onDone);
  const { ownershipOffer: offer, viewerMembership: own } = account;
  if (!offer) return null;
  const mine = offer.membership.id === own?.id;
  return (
    <Section title={t("ownership.title")} flush>
      <Items>
        <Item
          icon={IconGift}
          title={mine ? t("ownership.offered") : t("ownership.waiting", { name: offer.membership.user.name })}
          actions={
            <>
              {mine && (
                <Button size="xs" disabled={busy} onClick={() => void accept(account)}>
                  {t("ownership.accept")}
                </Button>
              )}
              <Button variant="default" size="xs" disabled={busy} onClick={() => void withdraw(account)}>
                {t(mine ? "ownership.decline" : "ownership.withdraw")}
              </Button>
            </>
          }
        >
          {t("ownership.until", { date: formats.date(offer.expiresAt) })}
        </Item>
      </Items>
    </Section>
  );
}
