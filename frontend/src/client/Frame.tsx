import { Button } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TwoFactorBanner } from "../lib/session/TwoFactorBanner";
import { useSession } from "../lib/session/useSession";
import { VerifyBanner } from "../lib/session/VerifyBanner";
import { AccountMenu } from "../ui/AccountMenu";
import { CommandPalette, usePaletteShortcut } from "../ui/CommandPalette";
import { CommandsProvider } from "../ui/commands";
import { Logo } from "../ui/Logo";
import { Monogram } from "../ui/Monogram";
import { SkipLink } from "../ui/SkipLink";
import { useFrameCommands } from "../ui/useFrameCommands";
import { AccountSwitcher } from "./accounts/AccountSwitcher";
import classes from "./Frame.module.css";
import { IdentityBanner } from "./identity/IdentityBanner";

/** What stands around the pages of the client area. */
export function Frame() {
  return (
    <CommandsProvider>
      <Inside />
    </CommandsProvider>
  );
}

function Inside() {
  const { t } = useTranslation("client");
  const { viewer, installation } = useSession();
  const [palette, setPalette] = useState(false);
  usePaletteShortcut(() => setPalette((open) => !open));
  useFrameCommands();
  return (
    <div className={classes.frame}>
      <SkipLink />
      <header className={classes.bar}>
        <div className={classes.inside}>
          <Link to="/account" className={classes.brand}>
            <Logo size={24} />
            <span>{installation.company}</span>
          </Link>
          <AccountSwitcher />
          {viewer.permissions.length > 0 && (
            <Button component={Link} to="/admin" variant="default" size="xs">
              {t("frame.admin")}
            </Button>
          )}
          {viewer.user && (
            <AccountMenu position="bottom-end">
              <button type="button" className={classes.me}>
                <Monogram name={viewer.user.name} size={24} />
                <span className={classes.name}>{viewer.user.name}</span>
                <IconChevronDown size={14} stroke={1.8} aria-hidden="true" />
              </button>
            </AccountMenu>
          )}
        </div>
      </header>
      <main className={classes.main} id="main" tabIndex={-1}>
        <VerifyBanner />
        <IdentityBanner />
        <TwoFactorBanner />
        <Outlet />
      </main>
      <CommandPalette opened={palette} onClose={() => setPalette(false)} />
    </div>
  );
}
