import { useTranslation } from "react-i18next";

/** What a device is called by people, as far as its browser and system were recognised: "Firefox on Windows". */
export function useDeviceWords(): (device: { browser: string; system: string }) => string {
  const { t } = useTranslation();
  return ({ browser, system }) =>
    browser && system ? t("device.browserOn", { browser, system }) : browser || system || t("device.unknown");
}
