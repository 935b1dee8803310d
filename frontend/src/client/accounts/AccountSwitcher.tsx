import { Menu, UnstyledButton } from "@mantine/core";
import { IconBuilding, IconCheck, IconSelector } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import classes from "./AccountSwitcher.module.css";
import { useSwitchAccount } from "./useSwitchAccount";

const AccountSwitcherDocument = graphql(`
  query AccountSwitcher {
    viewer {
      account {
        id
        name
      }
      accounts(first: 12) {
        nodes {
          id
          account {
            id
            number
            name
            status
          }
        }
      }
    }
  }
`);

/** The account that is acted for, and the way to another. Not shown to who has none. */
export function AccountSwitcher() {
  const { t } = useTranslation("client");
  const { t: c } = useTranslation("common");
  const navigate = useNavigate();
  const [{ data }] = useQuery({ query: AccountSwitcherDocument });
  const [switchTo, busy] = useSwitchAccount();
  const current = data?.viewer.account;
  const accounts = data?.viewer.accounts.nodes ?? [];
  if (accounts.length === 0) return null;
  const enter = async (account: { id: string; number: number }) => {
    if (account.id !== current?.id && !(await switchTo(account))) return;
    await navigate({ to: "/accounts/$number", params: { number: String(account.number) } });
  };
  return (
    <Menu position="bottom-start" width={272}>
      <Menu.Target>
        <UnstyledButton className={classes.switcher} disabled={busy}>
          <IconBuilding size={16} stroke={1.7} aria-hidden="true" />
          <span>{current?.name ?? t("chooser.choose")}</span>
          <IconSelector size={14} stroke={1.8} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("chooser.title")}</Menu.Label>
        {accounts.map(({ id, account }) => (
          <Menu.Item
            key={id}
            disabled={account.status === "CLOSED"}
            rightSection={
              account.id === current?.id && <IconCheck size={15} stroke={2} aria-label={t("chooser.current")} />
            }
            onClick={() => void enter(account)}
          >
            {account.name}
            {account.status === "CLOSED" && ` (${c("membership.status.CLOSED")})`}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/accounts">
          {t("chooser.all")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
