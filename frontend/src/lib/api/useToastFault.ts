import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { toastBad } from "../../ui/toast";
import type { Fault } from "./fault";
import { faultText } from "./faultText";

/** Tells of a refused act in a toast. Being signed out leads to the sign-in page by itself. */
export function useToastFault(): (fault: Fault) => void {
  const { t } = useTranslation();
  return useCallback(
    (fault) => {
      if (fault.code !== "UNAUTHENTICATED") toastBad(faultText(t, fault));
    },
    [t],
  );
}
