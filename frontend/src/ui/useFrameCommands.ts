import { useMantineColorScheme } from "@mantine/core";
import { IconId, IconLanguage, IconLogout, IconShieldLock, IconUserCircle } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, languages } from "../lib/i18n";
import { useSignOut } from "../lib/session/useSignOut";
import { schemeIcons, schemes } from "./AccountMenu";
import { type Command, useCommands } from "./commands";

/** Offers what can be done wherever one is. */
export function useFrameCommands(): void {
  const { t } = useTranslation();
  const router = useRouter();
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const commands = useMemo<Command[]>(
    () => [
      ...schemes.map((scheme) => ({
        id: `scheme-${scheme}`,
        label: t(`scheme.${scheme}`),
        group: t("scheme.title"),
        icon: schemeIcons[scheme],
        run: () => setColorScheme(scheme),
      })),
      ...(Object.keys(languages) as Language[]).map((language) => ({
        id: `language-${language}`,
        label: languages[language],
        group: t("frame.language"),
        icon: IconLanguage,
        run: () => void chooseLanguage(language),
      })),
      {
        id: "account",
        label: t("frame.yourAccount"),
        group: t("palette.you"),
        icon: IconUserCircle,
        run: () => void router.navigate({ to: "/account" }),
      },
      {
        id: "profile",
        label: t("frame.profile"),
        group: t("palette.you"),
        icon: IconId,
        run: () => void router.navigate({ to: "/profile" }),
      },
      {
        id: "security",
        label: t("frame.security"),
        group: t("palette.you"),
        icon: IconShieldLock,
        run: () => void router.navigate({ to: "/security" }),
      },
      {
        id: "sign-out",
        label: t("frame.signOut"),
        group: t("palette.you"),
        icon: IconLogout,
        run: () => void signOut(),
      },
    ],
    [t, router, setColorScheme, signOut],
  );
  useCommands(commands);
}
