import type { CombinedError } from "@urql/core";
import type { AdminPermission } from "../../gen/graphql";

/** Why the API refused a whole request. The list is the API's, closed; OFFLINE is ours: no answer came. */
export const faultCodes = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "INVALID",
  "CONFLICT",
  "RATE_LIMITED",
  "SUDO_REQUIRED",
  "SECOND_FACTOR_REQUIRED",
  "TRY_LATER",
  "TOO_COMPLEX",
  "INTERNAL",
  "OFFLINE",
] as const;

export type FaultCode = (typeof faultCodes)[number];

/** A refusal of a whole request, as the API told it. */
export interface Fault {
  code: FaultCode;
  /** Seconds until another try can succeed; with RATE_LIMITED, TRY_LATER and KEY_RUNNING. */
  retryAfter?: number;
  /** Why a key stood in the way of an act that was sent again; with CONFLICT. */
  key?: KeyReason;
  /** Why a service elsewhere, that the act depends on, can't do its part now; with TRY_LATER. */
  service?: ServiceReason;
  /** What was missing; with FORBIDDEN. */
  permission?: AdminPermission;
  /** Names the request in the server's log; with INTERNAL. */
  requestId?: string;
}

/** It is still being done; or it was done, and the answer is not kept. */
const keyReasons = ["KEY_RUNNING", "KEY_DONE"] as const;

type KeyReason = (typeof keyReasons)[number];

/** It can't be reached; or it is still at what was asked of it before. */
const serviceReasons = ["PROVIDER_UNREACHABLE", "PROVIDER_CHECKING"] as const;

type ServiceReason = (typeof serviceReasons)[number];

const isCode = (value: unknown): value is FaultCode => faultCodes.includes(value as FaultCode);

/** Reads the first refusal out of what urql reports. */
export function faultOf(error: CombinedError): Fault {
  const first = error.graphQLErrors[0];
  return first ? readFault(first.extensions) : { code: "OFFLINE" };
}

/** Reads a refusal by the extensions that come with it. */
export function readFault({ code, retryAfter, permission, reasons, requestId }: Record<string, unknown>): Fault {
  const given = (one: string) => Array.isArray(reasons) && reasons.includes(one);
  const key = keyReasons.find(given);
  const service = serviceReasons.find(given);
  return {
    code: isCode(code) ? code : "INTERNAL",
    ...(typeof retryAfter === "number" && { retryAfter }),
    ...(key && { key }),
    ...(service && { service }),
    ...(typeof permission === "string" && { permission: permission as AdminPermission }),
    ...(typeof requestId === "string" && { requestId }),
  };
}

/** Reads what a path beside the API answered. What is no refusal of ours, such as a proxy's page, is a fault all the same. */
export async function refusalOf(response: Response): Promise<Fault> {
  const body: unknown = await response.json().catch(() => undefined);
  const first = (body as { errors?: { extensions?: Record<string, unknown> }[] } | undefined)?.errors?.[0];
  return readFault(first?.extensions ?? {});
}
