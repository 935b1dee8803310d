import { Button, Skeleton } from "@mantine/core";
import { IconDownload, IconFileTypePdf } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { VerificationFileKind } from "../../gen/graphql";
import { useDownload } from "../../lib/api/useDownload";
import { useFormats } from "../../lib/format";
import { ErrorState } from "../../ui/ErrorState";
import { Notice } from "../../ui/Notice";
import { PictureView } from "../../ui/PictureView";
import classes from "./ReviewPage.module.css";
import { useLook } from "./useLook";

interface Props {
  file: { name: string; kind: VerificationFileKind; mediaType: string; bytes: number };
}

/** One of the files that a user submitted. */
export function DocumentView({ file }: Props) {
  const { t } = useTranslation("common");
  const caption = useId();
  const label = t(`verification.file.${file.kind}`);
  return (
    <figure className={classes.document} aria-labelledby={caption}>
      <figcaption id={caption} className={classes.caption}>
        {label}
      </figcaption>
      {file.mediaType === "application/pdf" ? (
        <div className={classes.instead}>
          <Scan file={file} />
        </div>
      ) : (
        <Picture name={file.name} label={label} />
      )}
    </figure>
  );
}

/** A picture, fetched when it comes into sight. */
function Picture({ name, label }: { name: string; label: string }) {
  const { t } = useTranslation("admin");
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  const { url, fault, again } = useLook(name, seen);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      setSeen(true);
    });
    if (place.current) observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place}>
      {url ? (
        <PictureView src={url} label={label} />
      ) : fault ? (
        <div className={classes.instead}>
          <ErrorState fault={fault} onRetry={again} />
        </div>
      ) : (
        <div role="status" aria-label={t("review.loading", { file: label })}>
          <Skeleton height="24.125rem" radius="md" />
        </div>
      )}
    </div>
  );
}

/** A PDF: no page of ours opens one, since it may bring programs along. */
function Scan({ file: { name, bytes } }: Props) {
  const { t } = useTranslation("admin");
  const formats = useFormats();
  const [download, busy] = useDownload(`/verification-files/${name}`, "GET");
  return (
    <Notice
      icon={IconFileTypePdf}
      title={t("review.pdf", { size: formats.bytes(bytes) })}
      actions={
        <Button
          variant="default"
          size="xs"
          loading={busy}
          leftSection={<IconDownload size={15} stroke={1.8} aria-hidden="true" />}
          onClick={() => void download()}
        >
          {t("review.download")}
        </Button>
      }
    >
      {t("review.pdfHint")}
    </Notice>
  );
}
