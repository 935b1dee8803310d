import type { TFunction } from "i18next";
import type { Fault } from "./fault";

/** What a refusal means, in a sentence or two. */
export function faultText(t: TFunction<"common">, fault: Fault): string {
  if (fault.code === "RATE_LIMITED" && fault.retryAfter) {
    return t("fault.RATE_LIMITED_FOR", { wait: waitText(t, fault.retryAfter) });
  }
  if (fault.key) return t(`fault.${fault.key}`);
  if (fault.code === "INTERNAL" && fault.requestId) return t("fault.INTERNAL_WITH", { id: fault.requestId });
  return t(`fault.${fault.code}`);
}

/** "40 seconds" or "3 minutes"; minutes are rounded up, so that the wait is never longer than it says. */
export function waitText(t: TFunction<"common">, seconds: number): string {
  return seconds < 100
    ? t("wait.seconds", { count: Math.ceil(seconds) })
    : t("wait.minutes", { count: Math.ceil(seconds / 60) });
}
