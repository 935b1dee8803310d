import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useDownload } from "../../lib/api/useDownload";
import { Section } from "../../ui/Section";
import { toastGood } from "../../ui/toast";

/** All that is held on who is here, as a file for them. */
export function OwnDataSection() {
  const { t } = useTranslation("client");
  const [download, busy] = useDownload("/own-data");
  const start = async () => {
    const file = await download();
    if (file) toastGood(t("ownData.done", { file }));
  };
  return (
    <Section title={t("ownData.title")} lead={t("ownData.lead")}>
      <p style={{ marginBlockStart: 0, textWrap: "pretty" }}>{t("ownData.text")}</p>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} stroke={1.8} aria-hidden="true" />}
        loading={busy}
        onClick={() => void start()}
      >
        {t("ownData.action")}
      </Button>
    </Section>
  );
}
