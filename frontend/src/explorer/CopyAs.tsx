import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconCode } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { toastBad, toastGood } from "../ui/toast";
import type { Operation } from "./post";
import { curl, go, type Snippet, typeScript } from "./snippets";

const snippets: readonly { language: string; make: Snippet }[] = [
  { language: "curl", make: curl },
  { language: "Go", make: go },
  { language: "TypeScript", make: typeScript },
];

/** Copies the operation as a program that sends it. */
export function CopyAs({ operation }: { operation?: Operation }) {
  const { t, i18n } = useTranslation("explorer");
  const copy = async (language: string, program: string) => {
    try {
      await navigator.clipboard.writeText(program);
      toastGood(t("copy.done", { language }), "copy");
    } catch {
      toastBad(t("copy.failed"));
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          disabled={!operation}
          lang={i18n.resolvedLanguage}
          leftSection={<IconCode size={15} stroke={1.8} aria-hidden="true" />}
          rightSection={<IconChevronDown size={14} stroke={1.8} aria-hidden="true" />}
        >
          {t("copy.as")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {snippets.map(({ language, make }) => (
          <Menu.Item
            key={language}
            onClick={() => operation && void copy(language, make(`${window.location.origin}/graphql`, operation))}
          >
            {language}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
