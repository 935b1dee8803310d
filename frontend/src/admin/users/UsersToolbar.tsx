import { Button, Popover } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ColumnsMenu } from "../../ui/ColumnsMenu";
import type { Column } from "../../ui/DataTable";
import { useNarrow } from "../../ui/useNarrow";
import classes from "../list.module.css";
import { SearchField } from "../SearchField";
import { FilterFields } from "./FilterFields";
import { SortField } from "./SortField";
import type { UsersSearch } from "./search";
import type { UserRow } from "./userRow";

interface Props {
  search: UsersSearch;
  onChange: (change: Partial<UsersSearch>) => void;
  columns: readonly Column<UserRow>[];
  hidden: readonly string[];
  onHidden: (hidden: string[]) => void;
  onResetHidden: () => void;
}

/** Search, filters and the choice of columns. */
export function UsersToolbar({ search, onChange, columns, hidden, onHidden, onResetHidden }: Props) {
  const { t } = useTranslation("admin");
  const cards = useNarrow();
  return (
    <search className={classes.toolbar}>
      <SearchField label={t("users.search")} value={search.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} />
      <Popover position="bottom-start" width={288} trapFocus returnFocus>
        <Popover.Target>
          <Button variant="default" leftSection={<IconFilter size={16} stroke={1.7} aria-hidden="true" />}>
            {t("filter.title")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes.panel}>
          {/* Not there, rather than out of sight: the panel gives the focus to its first field, and hears Escape from there. */}
          {cards && <SortField search={search} onChange={onChange} columns={columns} />}
          <FilterFields search={search} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
      <div className={classes.wide}>
        <ColumnsMenu
          columns={columns.filter(({ id }) => id !== "menu" && id !== "name")}
          hidden={hidden}
          onChange={onHidden}
          onReset={onResetHidden}
        />
      </div>
    </search>
  );
}
