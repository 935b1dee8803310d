import { Modal } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Fragment, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./CommandPalette.module.css";
import { useOfferedCommands } from "./commands";
import { findCommands } from "./findCommands";

/** Everything that can be done from here, by typing a word of it. Opens with Ctrl K or ⌘ K. */
export function CommandPalette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      yOffset="12dvh"
      size="36rem"
      padding={0}
      radius="lg"
      classNames={{ content: classes.content }}
      // On the dialog itself: its root has no role.
      attributes={{ content: { "aria-label": t("palette.title") } }}
    >
      <Search onDone={onClose} />
    </Modal>
  );
}

/** Opens and closes the palette by its shortcut. */
export function usePaletteShortcut(toggle: () => void): void {
  const latest = useRef(toggle);
  latest.current = toggle;
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function Search({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const found = findCommands(useOfferedCommands(), typed);
  const active = Math.min(at, Math.max(0, found.length - 1));

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the active option
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active, typed]);

  const run = (index: number) => {
    const command = found[index];
    if (!command) return;
    onDone();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((active + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(active);
    }
  };

  return (
    <>
      <div className={classes.search}>
        <IconSearch size={18} stroke={1.8} aria-hidden="true" />
        <input
          className={classes.input}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
          aria-label={t("palette.title")}
          placeholder={t("palette.placeholder")}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        ref={list}
        className={classes.list}
        role="listbox"
        id={`${id}-list`}
        aria-label={t("palette.title")}
        tabIndex={-1}
      >
        {found.map((command, index) => {
          const Sign = command.icon;
          return (
            <Fragment key={command.id}>
              {command.group !== found[index - 1]?.group && (
                <div className={classes.group} role="presentation">
                  {command.group}
                </div>
              )}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the input, which keeps the focus */}
              <div
                id={`${id}-${index}`}
                className={classes.option}
                role="option"
                aria-selected={index === active}
                tabIndex={-1}
                onMouseMove={() => setAt(index)}
                onClick={() => run(index)}
              >
                {Sign && <Sign size={17} stroke={1.7} aria-hidden="true" />}
                {command.label}
              </div>
            </Fragment>
          );
        })}
      </div>
      {found.length === 0 && (
        <p className={classes.none} role="status">
          {t("palette.none")}
        </p>
      )}
    </>
  );
}
