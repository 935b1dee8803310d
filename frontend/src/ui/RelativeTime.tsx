import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { capital } from "../lib/capital";
import { useFormats } from "../lib/format";
import { useNow } from "./useNow";

/** "3 days ago", exact on hover; `never` (or "Never") when there is no moment. */
export function RelativeTime({ at, never }: { at: string | null | undefined; never?: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const now = useNow();
  if (!at) return <span>{never ?? t("time.never")}</span>;
  return (
    <Tooltip label={formats.exact(at)}>
      <time dateTime={at}>{capital(formats.relative(at, now))}</time>
    </Tooltip>
  );
}
