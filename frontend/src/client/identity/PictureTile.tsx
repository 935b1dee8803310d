import { ActionIcon, Button, Progress, Tooltip } from "@mantine/core";
import {
  IconCamera,
  IconCircleCheck,
  IconFileTypePdf,
  IconFolderOpen,
  IconPhoto,
  IconZoomIn,
} from "@tabler/icons-react";
import { type DragEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { VerificationFileKind } from "../../gen/graphql";
import { faultText } from "../../lib/api/faultText";
import { CameraDialog } from "./CameraDialog";
import { Hints } from "./Hints";
import { LargerDialog } from "./LargerDialog";
import classes from "./PictureTile.module.css";
import { accepted, mostBytes, type Refusal, sendPicture } from "./pictures";
import { useHints } from "./useHints";
import { useObjectUrl } from "./useObjectUrl";
import { useOwnPicture } from "./useOwnPicture";

interface Props {
  kind: VerificationFileKind;
  /** The picture that was sent before, if there is one. */
  kept?: { name: string; mediaType: string };
  /** What is wrong, when it was handed over as it is. */
  problem?: string;
  /** A picture was kept, or was refused because nothing is asked any more: what is known of the proof is old. */
  onChange: (refused?: Refusal) => void;
}

/** One of the pictures: chosen, taken or dropped here, sent at once, looked at, and replaced. */
export function PictureTile({ kind, kept, problem, onChange }: Props) {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [camera, setCamera] = useState(false);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<number>();
  const [refusal, setRefusal] = useState<string>();
  /** What was sent from this page need not be fetched. */
  const [chosen, setChosen] = useState<Blob>();
  const pdf = kept?.mediaType === "application/pdf";
  const fetched = useOwnPicture(chosen || pdf ? undefined : kept?.name);
  const picture = chosen ?? fetched;
  const hints = useHints(picture);
  const what = c(`verification.file.${kind}`);
  const error = refusal ?? problem;
  // A button that was disabled could not take the focus back from the dialog.
  const busy = sending !== undefined || undefined;

  const send = async (file: Blob) => {
    setRefusal(undefined);
    if (file.size > mostBytes) return setRefusal(t("identity.refused.TOO_LONG"));
    setChosen(file);
    setSending(0);
    const refused = await sendPicture(kind, file, setSending);
    setSending(undefined);
    if (refused) {
      setChosen(undefined);
      setRefusal(refusalText(refused));
    }
    onChange(refused);
  };
  const refusalText = ({ about, fault }: Refusal) => (fault ? faultText(c, fault) : t(`identity.refused.${about}`));
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !busy) void send(file);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset takes no rows of the grid that it is in
    <div
      role="group"
      className={classes.tile}
      data-over={over || undefined}
      aria-invalid={Boolean(error) || undefined}
      aria-labelledby={`${id}-name`}
      aria-describedby={`${id}-about`}
      tabIndex={-1}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        // From the tile to something on it is not away.
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      <div>
        <h3 className={classes.name} id={`${id}-name`}>
          {what}
        </h3>
        <p className={classes.about} id={`${id}-about`}>
          {t(`identity.about.${kind}`)}
        </p>
      </div>
      <Preview what={what} picture={picture} pdf={pdf} loading={Boolean(kept)} />
      <div className={classes.news}>
        {sending !== undefined && (
          // What has begun is to be seen before its first part has arrived.
          <Progress value={Math.max(4, sending * 100)} animated aria-label={t("identity.sending", { what })} />
        )}
        {kept && !busy && (
          <p className={classes.kept} role="status">
            <IconCircleCheck size={16} stroke={1.8} aria-hidden="true" />
            {t("identity.kept")}
          </p>
        )}
        {error && (
          <p className={classes.error} role="alert">
            {error}
          </p>
        )}
        {!error && <Hints hints={hints} />}
      </div>
      <div className={classes.acts}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconFolderOpen size={15} stroke={1.8} aria-hidden="true" />}
          aria-disabled={busy}
          data-disabled={busy}
          aria-label={t("identity.fileFor", { what })}
          onClick={() => busy || input.current?.click()}
        >
          {t("identity.file")}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconCamera size={15} stroke={1.8} aria-hidden="true" />}
          aria-disabled={busy}
          data-disabled={busy}
          aria-label={t("identity.cameraFor", { what })}
          onClick={() => busy || setCamera(true)}
        >
          {t("identity.useCamera")}
        </Button>
        <input
          ref={input}
          type="file"
          accept={accepted[kind]}
          hidden
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            // The same file can be chosen again, once it was mended.
            event.currentTarget.value = "";
            if (file) void send(file);
          }}
        />
      </div>
      {camera && (
        <CameraDialog
          kind={kind}
          onClose={() => setCamera(false)}
          onFile={() => {
            setCamera(false);
            input.current?.click();
          }}
          onUse={(taken) => {
            setCamera(false);
            void send(taken);
          }}
        />
      )}
    </div>
  );
}

interface PreviewProps {
  what: string;
  picture?: Blob;
  pdf: boolean;
  /** There is one, which may not be here yet. */
  loading: boolean;
}

/** What was chosen, or where it will be. A PDF shows its sign: the page's policy lets nothing of it run here. */
function Preview({ what, picture, pdf, loading }: PreviewProps) {
  const { t } = useTranslation("client");
  const image = picture?.type.startsWith("image/") ? picture : undefined;
  const url = useObjectUrl(image);
  const [larger, setLarger] = useState(false);
  if (image && url) {
    return (
      <div className={classes.preview}>
        <img src={url} alt={t("identity.preview", { what })} />
        <Tooltip label={t("identity.larger")}>
          <ActionIcon
            variant="default"
            size="lg"
            className={classes.larger}
            aria-label={t("identity.largerFor", { what })}
            onClick={() => setLarger(true)}
          >
            <IconZoomIn size={18} stroke={1.7} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
        {larger && <LargerDialog what={what} picture={image} onClose={() => setLarger(false)} />}
      </div>
    );
  }
  const scan = pdf || picture?.type === "application/pdf";
  const Sign = scan ? IconFileTypePdf : IconPhoto;
  return (
    <div className={classes.preview} data-empty={!loading || undefined}>
      <Sign size={30} stroke={1.4} aria-hidden="true" />
      {(scan || !loading) && (
        <span className={scan ? undefined : classes.drop}>{scan ? "PDF" : t("identity.drop")}</span>
      )}
    </div>
  );
}
