import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import type { Fault } from "../../lib/api/fault";
import { faultText } from "../../lib/api/faultText";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { type UserError, useAct } from "../../lib/api/useAct";
import { Badge } from "../../ui/Badge";
import { Banner } from "../../ui/Banner";
import { CopyButton } from "../../ui/CopyButton";
import { PasswordField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { Ltr } from "../../ui/Ltr";
import { Section } from "../../ui/Section";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";
import { useProviderName } from "../verificationWords";
import classes from "./ProviderSection.module.css";

const ProviderSectionFragment = graphql(`
  fragment ProviderSection_provider on IdentityProvider {
    name
    ready
    notices
    secrets {
      name
      set
    }
  }
`);

const SetIdentityProviderSecretsDocument = graphql(`
  mutation SetIdentityProviderSecrets($input: SetIdentityProviderSecretsInput!) {
    setIdentityProviderSecrets(input: $input) {
      provider {
        ...ProviderSection_provider
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const TestIdentityProviderDocument = graphql(`
  mutation TestIdentityProvider($input: TestIdentityProviderInput!) {
    testIdentityProvider(input: $input) {
      accepted
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  provider: FragmentType<typeof ProviderSectionFragment>;
  /** It was given secrets, or they were tested: whether it is ready has to be read anew. */
  onChanged: () => void;
}

/** What a service that checks identities is told, which nobody sees again, and whether it accepts that. */
export function ProviderSection({ provider: masked, onChanged }: Props) {
  const { t } = useTranslation("admin");
  const provider = readFragment(ProviderSectionFragment, masked);
  const providerName = useProviderName();
  const name = providerName(provider.name);
  const secretName = useSecretName();
  const none = Object.fromEntries(provider.secrets.map((secret) => [secret.name, ""]));
  const fields = useFields(none);
  const [save, saving] = useAct(SetIdentityProviderSecretsDocument);
  // What a test of other keys said is said of these no more.
  const [given, setGiven] = useState(0);

  const submit = async () => {
    const secrets = provider.secrets
      .map((secret) => ({ name: secret.name, value: fields.values[secret.name]?.trim() ?? "" }))
      .filter(({ value }) => value !== "");
    if (secrets.length === 0) return;
    const outcome = await save({ input: { provider: provider.name, secrets } });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    fields.reset(none);
    toastGood(t("provider.saved"));
    setGiven((count) => count + 1);
    onChanged();
  };

  return (
    <Section title={name} lead={t("provider.lead", { provider: name })}>
      <Form onSubmit={() => void submit()} problems={fields.problems} answer={fields.answer}>
        {provider.secrets.map((secret) => (
          <PasswordField
            key={secret.name}
            {...fields.input(secret.name)}
            className={classes.field}
            label={
              <span className={classes.label}>
                {secretName(secret.name)}
                <Badge tone={secret.set ? "good" : "warn"}>{t(secret.set ? "provider.set" : "provider.unset")}</Badge>
              </span>
            }
            description={t(secret.set ? "provider.replace" : "provider.give")}
            autoComplete="off"
            maxLength={255}
          />
        ))}
        <div className={classes.notices}>
          <span className={classes.name}>{t("provider.notices")}</span>
          <span className={classes.address}>
            <code>
              <Ltr>{provider.notices}</Ltr>
            </code>
            <CopyButton value={provider.notices} what={t("provider.notices")} />
          </span>
          <span className={classes.hint}>{t("provider.noticesHint", { provider: name })}</span>
        </div>
        <div className={classes.acts}>
          <Button type="submit" variant="default" loading={saving} disabled={!fields.changed}>
            {t("provider.save")}
          </Button>
          <Test key={given} provider={provider.name} ready={provider.ready} onTested={onChanged} />
        </div>
      </Form>
    </Section>
  );
}

function useSecretName(): (name: string) => string {
  const { t } = useTranslation("admin");
  const names: Record<string, string> = {
    apiKey: t("provider.secret.apiKey"),
    webhookSecret: t("provider.secret.webhookSecret"),
  };
  return (name) => names[name] ?? name;
}

/** Asks the service whether what it was told is right. */
function Test({ provider, ready, onTested }: { provider: string; ready: boolean; onTested: () => void }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const providerName = useProviderName();
  const [test, testing] = useAct(TestIdentityProviderDocument, { quiet: true });
  const [outcome, setOutcome] = useState<{ good: boolean; text: string }>();
  const name = providerName(provider);
  const run = async () => {
    setOutcome(undefined);
    const asked = await test({ input: { provider } });
    if (asked.payload) onTested();
    if (asked.ok) return setOutcome({ good: true, text: t("provider.accepted", { provider: name }) });
    // Closing the dialog is an answer; nobody needs to be told what they just did.
    if (asked.fault?.code === "SUDO_REQUIRED") return;
    setOutcome({ good: false, text: asked.fault ? faultWords(asked.fault) : errorWords(asked.userErrors) });
  };
  const faultWords = (fault: Fault) =>
    fault.code === "TRY_LATER" ? t("provider.unreachable", { provider: name }) : faultText(c, fault);
  const errorWords = (errors: readonly UserError[]) =>
    errors.some(({ code }) => code === "INVALID")
      ? t("provider.refused", { provider: name })
      : fieldErrors(c, errors, []).rest.join(" ");
  return (
    <>
      <Button variant="default" loading={testing} disabled={!ready} onClick={() => void run()}>
        {t("provider.test")}
      </Button>
      {!ready && <span className={classes.hint}>{t("provider.notReady")}</span>}
      {outcome && (
        <div className={classes.outcome}>
          <Banner tone={outcome.good ? "good" : "bad"} urgent>
            <p>{outcome.text}</p>
          </Banner>
        </div>
      )}
    </>
  );
}
