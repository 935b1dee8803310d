import { Button } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../lib/format";
import { useSession } from "../../lib/session/useSession";
import classes from "./BackupCodes.module.css";

interface Props {
  codes: readonly string[];
  /** Whose they are; the session may not know yet. */
  email: string;
  onKept: () => void;
}

/** The backup codes, shown this once: to copy, to download, to print. */
export function BackupCodes({ codes, email, onKept }: Props) {
  const { t } = useTranslation("client");
  const formats = useFormats();
  const { company } = useSession().installation;
  const [copied, setCopied] = useState(false);
  const [made] = useState(() => new Date().toISOString());
  const heading = t("backupCodes.heading", { company, email, date: formats.date(made) });

  const download = () => {
    const file = new Blob([`${heading}\n\n${codes.join("\n")}\n`], { type: "text/plain;charset=utf-8" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = t("backupCodes.file");
    link.click();
    URL.revokeObjectURL(link.href);
  };

  return (
    <>
      <div className={classes.paper} data-paper="">
        <p className={classes.forPaper}>{heading}</p>
        <ul className={classes.codes} aria-label={t("backupCodes.title")}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div className={classes.ways}>
          <Button
            variant="default"
            size="xs"
            leftSection={
              copied ? <IconCheck size={15} aria-hidden="true" /> : <IconCopy size={15} aria-hidden="true" />
            }
            onClick={() => navigator.clipboard.writeText(codes.join("\n")).then(() => setCopied(true))}
          >
            <span aria-live="polite">{t(copied ? "backupCodes.copied" : "backupCodes.copy")}</span>
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconDownload size={15} aria-hidden="true" />}
            onClick={download}
          >
            {t("backupCodes.download")}
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPrinter size={15} aria-hidden="true" />}
            onClick={() => window.print()}
          >
            {t("backupCodes.print")}
          </Button>
        </div>
      </div>
      <Button fullWidth onClick={onKept}>
        {t("backupCodes.kept")}
      </Button>
    </>
  );
}
