import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";

const UserPickerDocument = graphql(`
  query UserPicker($search: String!) {
    users(first: 8, filter: { search: $search, state: [ACTIVE] }) {
      nodes {
        id
        number
        name
        email
      }
    }
  }
`);

interface Props {
  label: string;
  value: string | null;
  onChange: (id: string | null) => void;
  error?: string;
}

/** Finds a user by some letters of name or address, or by number. */
export function UserPicker({ label, value, onChange, error }: Props) {
  const { t } = useTranslation("admin");
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 180);
  // What was chosen stays in the list when other letters are typed.
  const [chosen, setChosen] = useState<{ value: string; label: string }>();
  const [{ data, fetching }] = useQuery({ query: UserPickerDocument, variables: { search }, pause: !search });
  const found = (search ? (data?.users.nodes ?? []) : []).map(({ id, number, name, email }) => ({
    value: id,
    label: `${name} · ${email} · #${number}`,
  }));
  const options = chosen && !found.some(({ value }) => value === chosen.value) ? [...found, chosen] : found;
  return (
    <Select
      label={label}
      placeholder={t("users.searchHint")}
      searchable
      // After a refusal the focus comes here, and the list would hide what is wrong.
      openOnFocus={false}
      data={options}
      // The API has found them already, by more than the letters of the label.
      filter={({ options }) => options}
      value={value}
      onChange={(id, option) => {
        setChosen(option ?? undefined);
        onChange(id);
      }}
      onSearchChange={(text) => text !== chosen?.label && setTyped(text)}
      nothingFoundMessage={typed.trim() ? (fetching ? t("user.loading") : t("users.none")) : t("associate.typeToFind")}
      error={error}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
