import { Button, Loader } from "@mantine/core";
import { IconFolderOpen, IconRefresh } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { VerificationFileKind } from "../../gen/graphql";
import { Banner } from "../../ui/Banner";
import { FormDialog } from "../../ui/FormDialog";
import classes from "./CameraDialog.module.css";
import { Hints } from "./Hints";
import { takeStill, useCamera } from "./useCamera";
import { useHints } from "./useHints";
import { useObjectUrl } from "./useObjectUrl";

interface Props {
  kind: VerificationFileKind;
  onUse: (picture: Blob) => void;
  /** The camera is no way: a file is. */
  onFile: () => void;
  onClose: () => void;
}

/** Takes a picture with the camera: look, take, look at it, take it again or use it. */
export function CameraDialog({ kind, onUse, onFile, onClose }: Props) {
  const { t } = useTranslation("client");
  const video = useRef<HTMLVideoElement>(null);
  const selfie = kind === "SELFIE";
  const { ready, fault } = useCamera(video, selfie ? "user" : "environment");
  const [taken, setTaken] = useState<Blob>();
  const url = useObjectUrl(taken);
  const hints = useHints(taken);
  useEffect(() => {
    // What there is to do comes with the camera, and what took a picture back is gone: the focus goes where it goes on.
    if (ready && !taken) video.current?.closest("form")?.querySelector<HTMLElement>("[type=submit]")?.focus();
  }, [ready, taken]);

  const take = async () => {
    if (video.current) setTaken(await takeStill(video.current));
  };
  const submit = () => {
    if (taken) onUse(taken);
    else void take();
  };

  return (
    <FormDialog
      opened
      wide
      onClose={onClose}
      onSubmit={submit}
      title={t(`identity.camera.title.${kind}`)}
      text={fault ? undefined : taken ? t("identity.camera.look") : t(`identity.camera.text.${kind}`)}
      submit={ready ? t(taken ? "identity.camera.use" : "identity.camera.take") : undefined}
    >
      {fault && (
        <>
          <Banner tone="warn" urgent>
            {t(`identity.camera.fault.${fault}`)}
          </Banner>
          <Button
            variant="default"
            leftSection={<IconFolderOpen size={16} stroke={1.8} aria-hidden="true" />}
            onClick={onFile}
            style={{ alignSelf: "start" }}
          >
            {t("identity.camera.byFile")}
          </Button>
        </>
      )}
      <div className={classes.stage} data-waiting={!ready || undefined} hidden={Boolean(fault)}>
        {!ready && (
          <div role="status" className={classes.wait}>
            <Loader color="gray" size="sm" aria-hidden="true" />
            {t("identity.camera.starting")}
          </div>
        )}
        <video
          ref={video}
          className={selfie ? classes.mirror : undefined}
          hidden={Boolean(taken)}
          autoPlay
          playsInline
          muted
          aria-label={t("identity.camera.live")}
        />
        {ready && !taken && <span className={selfie ? classes.face : classes.card} aria-hidden="true" />}
        {taken && url && (
          <img src={url} className={selfie ? classes.mirror : undefined} alt={t("identity.camera.still")} />
        )}
      </div>
      {taken && (
        <>
          <Hints hints={hints} />
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} stroke={1.8} aria-hidden="true" />}
            onClick={() => setTaken(undefined)}
            style={{ alignSelf: "start" }}
          >
            {t("identity.camera.again")}
          </Button>
        </>
      )}
    </FormDialog>
  );
}
