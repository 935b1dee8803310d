import type { VerificationFileKind } from "../../gen/graphql";
import { type Fault, readFault } from "../../lib/api/fault";

/** The server's limit (security.md #71): what is larger is not even sent. */
export const mostBytes = 10 << 20;

/** The forms that the server takes; browsers make JPEG of what phones keep otherwise. */
const pictures = "image/jpeg,image/png,image/webp";

/** What a file may be: a face is a picture, a document may be a PDF. */
export const accepted = { FRONT: `${pictures},application/pdf`, BACK: `${pictures},application/pdf`, SELFIE: pictures };

/** What is wrong with a file, or why it was not taken. */
export type Refusal = { about: (typeof abouts)[number]; fault?: undefined } | { about?: undefined; fault: Fault };

// What is wrong with the file itself, or that none is asked for any more.
const abouts = ["REQUIRED", "TOO_LONG", "INVALID", "NOT_ALLOWED"] as const;

/**
 * Sends a picture and tells how far it is, from 0 to 1; resolves with nothing once it is kept, or with why it is not. fetch
 * does not tell how far it is.
 */
export function sendPicture(
  kind: VerificationFileKind,
  file: Blob,
  onProgress: (part: number) => void,
): Promise<Refusal | undefined> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/verification-files?kind=${kind}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("error", () => resolve({ fault: { code: "OFFLINE" } }));
    request.addEventListener("load", () => resolve(request.status === 201 ? undefined : refusalOf(request.response)));
    request.send(file);
  });
}

/** Brings back a picture that was sent and not yet handed over; nothing, where it is gone. */
export async function ownPicture(name: string, signal: AbortSignal): Promise<Blob | undefined> {
  const response = await fetch(`/verification-files/${name}`, { credentials: "same-origin", signal });
  return response.ok ? await response.blob() : undefined;
}

function refusalOf(body: unknown): Refusal {
  const first = (body as { errors?: { extensions?: Record<string, unknown> }[] } | null)?.errors?.[0];
  const about = abouts.find((one) => one === first?.extensions?.code);
  return about ? { about } : { fault: readFault(first?.extensions ?? {}) };
}
