import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./list.module.css";

/** How long typing must pause before the list is asked for, in milliseconds. */
const pause = 180;

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** What a list is searched by: it is told when typing pauses, and on Enter. */
export function SearchField({ label, value, onChange }: Props) {
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
      aria-label={label}
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
