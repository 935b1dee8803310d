import { Button, Menu } from "@mantine/core";
import { IconCheck, IconColumns3 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface Props {
  columns: readonly { id: string; header: string }[];
  hidden: readonly string[];
  onChange: (hidden: string[]) => void;
  /** Back to the columns that are shown at first. */
  onReset: () => void;
}

/** Chooses which columns of a DataTable are shown. */
export function ColumnsMenu({ columns, hidden, onChange, onReset }: Props) {
  const { t } = useTranslation();
  return (
    <Menu
      closeOnItemClick={false}
      position="bottom-end"
      checkIcon={<IconCheck size={16} stroke={1.7} aria-hidden="true" />}
    >
      <Menu.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} stroke={1.7} aria-hidden="true" />}>
          {t("table.columns")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map(({ id, header }) => {
          const shown = !hidden.includes(id);
          return (
            <Menu.CheckboxItem
              key={id}
              checked={shown}
              onChange={() => onChange(shown ? [...hidden, id] : hidden.filter((other) => other !== id))}
            >
              {header}
            </Menu.CheckboxItem>
          );
        })}
        <Menu.Divider />
        <Menu.Item onClick={onReset}>{t("table.resetColumns")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
