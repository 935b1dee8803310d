import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { VerificationFileKind } from "../../gen/graphql";
import { useAct } from "../../lib/api/useAct";
import { useRefreshSession } from "../../lib/session/useRefreshSession";
import { Form } from "../../ui/Form";
import { Section } from "../../ui/Section";
import { toastBad, toastGood } from "../../ui/toast";
import classes from "./PicturesSection.module.css";
import { PictureTile } from "./PictureTile";
import type { Refusal } from "./pictures";

const PicturesSectionFragment = graphql(`
  fragment PicturesSection_proof on IdentityVerification {
    files {
      name
      kind
      mediaType
    }
  }
`);

const SubmitIdentityVerificationDocument = graphql(`
  mutation SubmitIdentityVerification {
    submitIdentityVerification {
      user {
        id
        identityVerification {
          ...IdentityPage_proof
        }
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const kinds: readonly VerificationFileKind[] = ["FRONT", "BACK", "SELFIE"];

interface Props {
  proof: FragmentType<typeof PicturesSectionFragment>;
  reload: () => void;
}

/** The pictures that prove who the user is: sent one by one, and handed over together. */
export function PicturesSection({ proof, reload }: Props) {
  const { t } = useTranslation("client");
  const { files } = readFragment(PicturesSectionFragment, proof);
  const refresh = useRefreshSession();
  const [submit, busy] = useAct(SubmitIdentityVerificationDocument);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const [answer, setAnswer] = useState<unknown>();

  const hand = async () => {
    const outcome = await submit({});
    if (outcome.ok) {
      toastGood(t("identity.submitted"));
      // The act takes its own button away: reading goes on at the page's content.
      return document.getElementById("main")?.focus();
    }
    const fields = outcome.userErrors.flatMap(({ field }) => field?.at(-1)?.toUpperCase() ?? []);
    setMissing(fields);
    setAnswer(fields.length > 0 && outcome);
    // It was decided, taken back or switched off meanwhile: the page shows what stands now.
    if (fields.length === 0 && outcome.userErrors.length > 0) toastBad(t("identity.changed"));
    reload();
  };
  const changed = (kind: VerificationFileKind, refused?: Refusal) => {
    if (!refused) setMissing((before) => before.filter((one) => one !== kind));
    if (refused?.fault?.code === "UNAUTHENTICATED") void refresh();
    if (!refused || refused.about === "NOT_ALLOWED") reload();
  };

  return (
    <Section title={t("identity.pictures")} lead={t("identity.picturesLead")}>
      <Form onSubmit={() => void hand()} answer={answer}>
        <div className={classes.tiles}>
          {kinds.map((kind) => (
            <PictureTile
              key={kind}
              kind={kind}
              kept={files.find((file) => file.kind === kind)}
              problem={missing.includes(kind) ? t(`identity.missing.${kind as "FRONT" | "SELFIE"}`) : undefined}
              onChange={(refused) => changed(kind, refused)}
            />
          ))}
        </div>
        <div className={classes.foot}>
          <p>{t("identity.submitHint")}</p>
          <Button type="submit" loading={busy}>
            {t("identity.submit")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}
