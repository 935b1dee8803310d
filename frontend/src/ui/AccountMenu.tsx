import { type MantineColorScheme, Menu, type MenuProps, useMantineColorScheme } from "@mantine/core";
import {
  IconCheck,
  IconDeviceDesktop,
  IconId,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, languages } from "../lib/i18n";
import { useSession } from "../lib/session/useSession";
import { useSignOut } from "../lib/session/useSignOut";
import classes from "./AccountMenu.module.css";

/** The icon of each colour scheme. */
export const schemeIcons = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const;

export const schemes = ["light", "dark", "auto"] as const satisfies readonly MantineColorScheme[];

/** Who is signed in, and what concerns them wherever they are: their account, the look, the language, the way out. */
export function AccountMenu({ children, ...rest }: MenuProps & { children: ReactNode }) {
  const { t, i18n } = useTranslation();
  const { viewer } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu width={248} {...rest}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {viewer.user && (
          <>
            <div className={classes.who}>
              <div className={classes.name}>{viewer.user.name}</div>
              <div className={classes.email}>{viewer.user.email}</div>
            </div>
            <Menu.Divider />
          </>
        )}
        <Menu.Item
          component={Link}
          to="/account"
          leftSection={<IconUserCircle size={16} stroke={1.7} aria-hidden="true" />}
        >
          {t("frame.yourAccount")}
        </Menu.Item>
        <Menu.Item component={Link} to="/profile" leftSection={<IconId size={16} stroke={1.7} aria-hidden="true" />}>
          {t("frame.profile")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("scheme.title")}</Menu.Label>
        {schemes.map((scheme) => {
          const Sign = schemeIcons[scheme];
          return (
            <Menu.Item
              key={scheme}
              role="menuitemradio"
              aria-checked={colorScheme === scheme}
              closeMenuOnClick={false}
              leftSection={<Sign size={16} stroke={1.7} aria-hidden="true" />}
              rightSection={colorScheme === scheme && <IconCheck size={15} aria-hidden="true" />}
              onClick={() => setColorScheme(scheme)}
            >
              {t(`scheme.${scheme}`)}
            </Menu.Item>
          );
        })}
        <Menu.Divider />
        <Menu.Label>{t("frame.language")}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            role="menuitemradio"
            aria-checked={i18n.resolvedLanguage === language}
            lang={language}
            leftSection={<IconLanguage size={16} stroke={1.7} aria-hidden="true" />}
            rightSection={i18n.resolvedLanguage === language && <IconCheck size={15} aria-hidden="true" />}
            onClick={() => void chooseLanguage(language)}
          >
            {languages[language]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.7} aria-hidden="true" />}
          onClick={() => void signOut()}
        >
          {t("frame.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
