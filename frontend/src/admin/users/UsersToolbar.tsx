import { Button, CloseButton, Popover, TextInput } from "@mantine/core";
import { IconFilter, IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ColumnsMenu } from "../../ui/ColumnsMenu";
import type { Column } from "../../ui/DataTable";
import { FilterFields } from "./FilterFields";
import { SortField } from "./SortField";
import type { UsersSearch } from "./search";
import classes from "./UsersPage.module.css";
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
  return (
    <search className={classes.toolbar}>
      <SearchField value={search.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} />
      <Popover position="bottom-start" width={288} trapFocus returnFocus>
        <Popover.Target>
          <Button variant="default" leftSection={<IconFilter size={16} stroke={1.7} aria-hidden="true" />}>
            {t("filter.title")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes.panel}>
          <div className={classes.narrow}>
            <SortField search={search} onChange={onChange} columns={columns} />
          </div>
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

/** How long typing must pause before the list is asked for, in milliseconds. */
const pause = 180;

function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("admin");
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change without the field, by the browser's back button.
  useEffect(() => {
    if (value !== told.current) {
      told.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = (text: string) => {
    clearTimeout(timer.current);
    told.current = text.trim();
    onChange(text.trim());
  };
  return (
    <TextInput
      className={classes.search}
      type="search"
      aria-label={t("users.search")}
      placeholder={t("users.searchHint")}
      leftSection={<IconSearch size={16} stroke={1.7} aria-hidden="true" />}
      rightSection={
        typed && (
          <CloseButton
            size="sm"
            aria-label={t("users.searchClear")}
            onClick={() => {
              setTyped("");
              tell("");
            }}
          />
        )
      }
      maxLength={200}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        clearTimeout(timer.current);
        timer.current = setTimeout(tell, pause, currentTarget.value);
      }}
      onKeyDown={(event) => event.key === "Enter" && tell(typed)}
    />
  );
}
