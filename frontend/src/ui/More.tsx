import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** The button under a list that goes on. */
export function More({ loading, onMore }: { loading: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  return (
    <div style={{ padding: "0.75rem 1.125rem" }}>
      <Button variant="default" size="xs" loading={loading} onClick={onMore}>
        {t("list.more")}
      </Button>
    </div>
  );
}
