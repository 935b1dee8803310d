import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { IconBulb, IconChevronRight, IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { AdminPermission } from "../gen/explorer/graphql";
import { Badge } from "../ui/Badge";
import { onMac } from "../ui/theme";
import classes from "./Examples.module.css";
import { type Example, examples } from "./examples";
import { useExplorerSession } from "./session";

/** The examples as a panel of GraphiQL's. */
export const examplesPlugin = (title: string) => ({
  title,
  icon: () => <IconBulb stroke={1.6} aria-hidden="true" />,
  content: Examples,
});

function Examples() {
  const { t, i18n } = useTranslation("explorer");
  const open = useOpen();
  const { acting } = useExplorerSession();
  const lacks = (permission: AdminPermission) => acting && !acting.who.viewer.permissions.includes(permission);
  return (
    <section
      className={classes.examples}
      dir={i18n.dir()}
      lang={i18n.resolvedLanguage}
      aria-label={t("examples.title")}
    >
      <h2 className={classes.title}>{t("examples.title")}</h2>
      <p className={classes.lead}>{t("examples.lead")}</p>
      <ul className={classes.list}>
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" className={classes.example} onClick={() => open(example)}>
              <span className={classes.name}>
                {t(`examples.${example.name}.title`)}
                {example.changes && <Badge tone="warn">{t("examples.changes")}</Badge>}
                <IconChevronRight size={16} stroke={1.8} aria-hidden="true" />
              </span>
              <span className={classes.text}>{t(`examples.${example.name}.text`)}</span>
              {example.needs && (
                <span className={classes.needs}>
                  {lacks(example.needs) && <IconLock size={13} stroke={2} aria-hidden="true" />}
                  {t(lacks(example.needs) ? "examples.lacks" : "examples.needs", { permission: example.needs })}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <p className={classes.lead}>{t("examples.keys", { keys: onMac ? "⌃ ⇧ M" : "Ctrl M" })}</p>
    </section>
  );
}

/** Opens an example in a tab of its own, or shows the tab where it is open, and runs nothing. */
function useOpen(): (example: Example) => void {
  const { samples } = useExplorerSession();
  const { addTab, changeTab, setVisiblePlugin } = useGraphiQLActions();
  const { tabs, queryEditor, variableEditor } = useGraphiQL(({ tabs, queryEditor, variableEditor }) => ({
    tabs,
    queryEditor,
    variableEditor,
  }));
  return ({ query, variables }) => {
    const at = tabs.findIndex((tab) => tab.query === query);
    if (at >= 0) changeTab(at);
    else {
      addTab();
      queryEditor?.setValue(query);
      const given = variables(samples);
      variableEditor?.setValue(Object.keys(given).length > 0 ? JSON.stringify(given, null, 2) : "");
    }
    // On a phone the examples lie over the editors.
    if (window.matchMedia("(max-width: 48em)").matches) setVisiblePlugin(null);
    queryEditor?.focus();
  };
}
