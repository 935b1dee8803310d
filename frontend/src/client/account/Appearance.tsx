import { useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, languages } from "../../lib/i18n";
import { schemes } from "../../ui/AccountMenu";
import { Choice } from "../../ui/Choice";
import { Facts } from "../../ui/Facts";
import { Section } from "../../ui/Section";

/** Look and language on this device. */
export function Appearance() {
  const { t, i18n } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title={t("appearance.title")} lead={t("appearance.lead")}>
      <Facts
        facts={[
          [
            c("scheme.title"),
            <Choice
              key="scheme"
              label={c("scheme.title")}
              value={colorScheme}
              options={schemes.map((scheme) => ({ value: scheme, label: c(`scheme.${scheme}`) }))}
              onChange={setColorScheme}
            />,
          ],
          [
            c("frame.language"),
            <Choice
              key="language"
              label={c("frame.language")}
              value={(i18n.resolvedLanguage ?? "en") as Language}
              options={(Object.keys(languages) as Language[]).map((language) => ({
                value: language,
                label: languages[language],
                lang: language,
              }))}
              onChange={(language) => void chooseLanguage(language)}
            />,
          ],
        ]}
      />
    </Section>
  );
}
