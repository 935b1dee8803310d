import { useTranslation } from "react-i18next";
import { type Column, directions } from "../../ui/DataTable";
import { SelectField } from "../../ui/Field";
import type { UsersSearch } from "./search";
import type { UserRow } from "./userRow";

interface Props {
  search: UsersSearch;
  onChange: (change: Partial<UsersSearch>) => void;
  columns: readonly Column<UserRow>[];
}

/** The order of the list, where there are no headings to click. */
export function SortField({ search: { sort, direction }, onChange, columns }: Props) {
  const { t } = useTranslation("admin");
  const orders = columns.flatMap(({ sort, header }) =>
    sort
      ? directions.map((direction) => ({
          value: `${sort} ${direction}`,
          label: t(`sort.${direction}`, { column: header }),
        }))
      : [],
  );
  return (
    <SelectField
      label={t("sort.title")}
      mb="sm"
      data={[{ value: "", label: t("sort.usual") }, ...orders]}
      value={sort ? `${sort} ${direction}` : ""}
      onChange={({ currentTarget: { value } }) => {
        const [sort, direction] = value.split(" ") as [UsersSearch["sort"], UsersSearch["direction"]];
        onChange({ sort: sort || undefined, direction });
      }}
    />
  );
}
