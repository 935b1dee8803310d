import { type MantineColorScheme, Menu, type MenuProps, useMantineColorScheme } from "@mantine/core";
import {
  IconCheck,
  IconDeviceDesktop,
  IconId,
  IconLogout,
  IconMoon,
  IconShieldLock,
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
import { Ltr } from "./Ltr";

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
    <Menu width={248} checkIcon={<IconCheck size={16} stroke={1.7} aria-hidden="true" />} {...rest}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {viewer.user && (
          <>
            <div className={classes.who}>
              <div className={classes.name}>{viewer.user.name}</div>
              <div className={classes.email}>
                <Ltr>{viewer.user.email}</Ltr>
              </div>
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
        <Menu.Item
          component={Link}
          to="/security"
          leftSection={<IconShieldLock size={16} stroke={1.7} aria-hidden="true" />}
        >
          {t("frame.security")}
        </Menu.Item>
        <Menu.Divider />
        <Choices label={t("scheme.title")}>
          {schemes.map((scheme) => {
            const Sign = schemeIcons[scheme];
            return (
              <Menu.RadioItem
                key={scheme}
                value={scheme}
                checked={colorScheme === scheme}
                onChange={() => setColorScheme(scheme)}
                rightSection={<Sign size={16} stroke={1.7} aria-hidden="true" />}
              >
                {t(`scheme.${scheme}`)}
              </Menu.RadioItem>
            );
          })}
        </Choices>
        <Menu.Divider />
        <Choices label={t("frame.language")}>
          {(Object.keys(languages) as Language[]).map((language) => (
            <Menu.RadioItem
              key={language}
              value={language}
              lang={language}
              checked={i18n.resolvedLanguage === language}
              onChange={() => void chooseLanguage(language)}
              closeMenuOnClick
            >
              {languages[language]}
            </Menu.RadioItem>
          ))}
        </Choices>
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

/** Items of which one holds. */
function Choices({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a menu may hold groups, and no field sets
    <div role="group" aria-label={label}>
      <Menu.Label aria-hidden="true">{label}</Menu.Label>
      {children}
    </div>
  );
}
