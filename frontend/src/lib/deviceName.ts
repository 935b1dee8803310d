import { useTranslation } from "react-i18next";

// The first that fits counts: many a browser claims to be all of those after it.
const browsers: readonly (readonly [sign: RegExp, name: string])[] = [
  [/Edg(A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/(Firefox|FxiOS)\//, "Firefox"],
  [/(Chrome|Chromium|CriOS)\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const systems: readonly (readonly [sign: RegExp, name: string])[] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/Linux/, "Linux"],
];

const find = (list: typeof browsers, agent: string) => list.find(([sign]) => sign.test(agent))?.[1];

/** Names a browser by its User-Agent, as people know it: "Firefox on Windows". */
export function useDeviceName(): (agent: string) => string {
  const { t } = useTranslation();
  return (agent) => {
    const browser = find(browsers, agent);
    const system = find(systems, agent);
    if (browser && system) return t("device.browserOn", { browser, system });
    return browser ?? system ?? t("device.unknown");
  };
}
