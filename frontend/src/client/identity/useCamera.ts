import { type RefObject, useEffect, useState } from "react";

/** Why there is no picture of a camera's: it was refused, there is none, or something else has it. */
export type CameraFault = "REFUSED" | "ABSENT" | "BUSY";

/** Shows a camera in the video as long as the calling component is there: the one at the back, or the one at the user's face. */
export function useCamera(
  video: RefObject<HTMLVideoElement | null>,
  facing: "user" | "environment",
): { ready: boolean; fault?: CameraFault } {
  const [state, setState] = useState<{ ready: boolean; fault?: CameraFault }>({ ready: false });
  useEffect(() => {
    let over = false;
    let stream: MediaStream | undefined;
    const end = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    open(facing).then(
      (opened) => {
        stream = opened;
        if (over || !video.current) return end();
        video.current.srcObject = opened;
        video.current.onloadeddata = () => setState({ ready: true });
        // A camera that is pulled out, or taken back in the browser's own menu.
        for (const track of opened.getTracks()) track.onended = () => setState({ ready: false, fault: "ABSENT" });
      },
      (error: unknown) => {
        if (!over) setState({ ready: false, fault: faultOf(error) });
      },
    );
    return () => {
      over = true;
      end();
    };
  }, [video, facing]);
  return state;
}

async function open(facing: "user" | "environment"): Promise<MediaStream> {
  // Without TLS browsers have no cameras.
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no cameras", "NotFoundError");
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: facing, width: { ideal: 2560 }, height: { ideal: 1440 } },
  });
}

// https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
function faultOf(error: unknown): CameraFault {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "REFUSED";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "ABSENT" : "BUSY";
}

/** What the camera sees now, as JPEG. */
export function takeStill(video: HTMLVideoElement): Promise<Blob> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
}
