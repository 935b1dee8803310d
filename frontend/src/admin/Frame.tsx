import { ActionIcon, Drawer } from "@mantine/core";
import { IconMenu2, IconSearch, IconSelector } from "@tabler/icons-react";
import { Link, Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { TwoFactorBanner } from "../lib/session/TwoFactorBanner";
import { useCan, useSession } from "../lib/session/useSession";
import { VerifyBanner } from "../lib/session/VerifyBanner";
import { AccountMenu } from "../ui/AccountMenu";
import { CommandPalette, usePaletteShortcut } from "../ui/CommandPalette";
import { type Command, CommandsProvider, useCommands } from "../ui/commands";
import { Logo } from "../ui/Logo";
import { Ltr } from "../ui/Ltr";
import { Monogram } from "../ui/Monogram";
import { SkipLink } from "../ui/SkipLink";
import { onMac } from "../ui/theme";
import { useFrameCommands } from "../ui/useFrameCommands";
import classes from "./Frame.module.css";
import { openNavigation } from "./navigation";

/** What stands around every page of the admin area. */
export function Frame() {
  return (
    <CommandsProvider>
      <Inside />
    </CommandsProvider>
  );
}

function Inside() {
  const { t } = useTranslation("admin");
  const [palette, setPalette] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  usePaletteShortcut(() => setPalette((open) => !open));
  useFrameCommands();
  useNavigationCommands();
  const findUsers = useFindUsers();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the drawer
  useEffect(() => setDrawer(false), [path]);

  const openPalette = () => {
    setDrawer(false);
    setPalette(true);
  };
  return (
    <div className={classes.frame}>
      <SkipLink />
      <div className={classes.bar}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("frame.menu")}
          onClick={() => setDrawer(true)}
        >
          <IconMenu2 size={20} stroke={1.7} aria-hidden="true" />
        </ActionIcon>
        <Brand />
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("frame.jump")} onClick={openPalette}>
          <IconSearch size={19} stroke={1.7} aria-hidden="true" />
        </ActionIcon>
      </div>
      <div className={classes.side}>
        <Side onJump={openPalette} />
      </div>
      <main className={classes.main} id="main" tabIndex={-1}>
        <VerifyBanner />
        <TwoFactorBanner />
        <Outlet />
      </main>
      <Drawer
        opened={drawer}
        onClose={() => setDrawer(false)}
        size="17rem"
        withCloseButton={false}
        padding={0}
        attributes={{ content: { "aria-label": t("frame.menu") } }}
        classNames={{ body: classes.drawer }}
      >
        <div className={classes.side} style={{ blockSize: "100%" }}>
          <Side onJump={openPalette} />
        </div>
      </Drawer>
      <CommandPalette opened={palette} onClose={() => setPalette(false)} withWords={findUsers} />
    </div>
  );
}

function Brand() {
  const { installation } = useSession();
  return (
    <Link to="/" className={classes.brand}>
      <Logo size={24} />
      <span>{installation.company}</span>
    </Link>
  );
}

function Side({ onJump }: { onJump: () => void }) {
  const { t } = useTranslation("admin");
  const session = useSession();
  const { viewer } = session;
  return (
    <>
      <Brand />
      <button type="button" className={classes.jump} onClick={onJump}>
        <IconSearch size={15} stroke={1.8} aria-hidden="true" />
        <span>{t("frame.jump")}</span>
        <kbd>{onMac ? "⌘ K" : "Ctrl K"}</kbd>
      </button>
      <nav className={classes.nav} aria-label={t("frame.nav")}>
        {openNavigation(session).map(({ heading, entries }) => (
          <div key={heading}>
            <h2 className={classes.heading}>{t(`nav.${heading}`)}</h2>
            <ul>
              {entries.map(({ label, to, icon: Sign, apart }) => (
                <li key={to}>
                  <Link
                    to={to}
                    reloadDocument={apart}
                    className={classes.entry}
                    activeProps={{ "aria-current": "page" }}
                  >
                    <Sign size={17} stroke={1.7} aria-hidden="true" />
                    {t(`nav.${label}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      {viewer.user && (
        <AccountMenu position="top-start">
          <button type="button" className={classes.me}>
            <Monogram name={viewer.user.name} />
            <span className={classes.words}>
              <span className={classes.name}>{viewer.user.name}</span>
              <span className={classes.role}>{viewer.user.role?.name ?? <Ltr>{viewer.user.email}</Ltr>}</span>
            </span>
            <IconSelector size={15} stroke={1.8} aria-hidden="true" />
          </button>
        </AccountMenu>
      )}
    </>
  );
}

function useNavigationCommands(): void {
  const { t } = useTranslation("admin");
  const router = useRouter();
  const session = useSession();
  const commands = useMemo<Command[]>(
    () =>
      openNavigation(session).flatMap(({ heading, entries }) =>
        entries.map(({ label, to, icon, apart }) => ({
          id: `go-${to}`,
          label: t(`nav.${label}`),
          group: t(`nav.${heading}`),
          icon,
          run: () => void router.navigate({ to, reloadDocument: apart }),
        })),
      ),
    [t, router, session],
  );
  useCommands(commands);
}

/** From anywhere, the words that were typed lead to the users that they find. */
function useFindUsers(): (q: string) => Command[] {
  const { t } = useTranslation("admin");
  const router = useRouter();
  const can = useCan();
  return (q) =>
    can("LIST_USERS")
      ? [
          {
            id: "find-users",
            label: t("nav.findUsers", { q }),
            group: t("nav.clients"),
            icon: IconSearch,
            run: () => void router.navigate({ to: "/admin/users", search: { q } }),
          },
        ]
      : [];
}
