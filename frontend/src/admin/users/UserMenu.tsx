import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconKey, IconUserCog } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCan } from "../../lib/session/useSession";
import { useRowTabIndex } from "../../ui/rows";
import type { UserRow } from "./userRow";

/** What can be done with a user right from the list. */
export function UserMenu({ user, onReset }: { user: UserRow; onReset: () => void }) {
  const { t } = useTranslation("admin");
  const can = useCan();
  const tabIndex = useRowTabIndex();
  return (
    <Menu position="bottom-end" width={208}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          tabIndex={tabIndex}
          aria-label={t("users.menuOf", { name: user.name })}
        >
          <IconDots size={17} stroke={1.8} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          to={`/admin/users/${user.number}`}
          leftSection={<IconUserCog size={16} stroke={1.7} aria-hidden="true" />}
        >
          {t("users.manage")}
        </Menu.Item>
        {can("RESET_USER_PASSWORD") && user.state === "ACTIVE" && (
          <Menu.Item leftSection={<IconKey size={16} stroke={1.7} aria-hidden="true" />} onClick={onReset}>
            {t("reset.action")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
