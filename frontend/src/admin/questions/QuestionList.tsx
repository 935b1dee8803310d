import { ActionIcon, Menu, VisuallyHidden } from "@mantine/core";
import {
  IconArchive,
  IconArchiveOff,
  IconChevronDown,
  IconChevronUp,
  IconDots,
  IconPencil,
  IconTrash,
} from "@tabler/icons-react";
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { useSession } from "../../lib/session/useSession";
import { Badge } from "../../ui/Badge";
import { toastBad, toastGood } from "../../ui/toast";
import { useLanguageName } from "../languageName";
import classes from "./QuestionList.module.css";
import type { Question } from "./QuestionsPage";

const ReorderDocument = graphql(`
  mutation ReorderSecurityQuestions($input: ReorderSecurityQuestionsInput!) {
    reorderSecurityQuestions(input: $input) {
      questions {
        id
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const RetireDocument = graphql(`
  mutation RetireSecurityQuestion($input: RetireSecurityQuestionInput!) {
    retireSecurityQuestion(input: $input) {
      question {
        id
        retired
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const RestoreDocument = graphql(`
  mutation RestoreSecurityQuestion($input: RestoreSecurityQuestionInput!) {
    restoreSecurityQuestion(input: $input) {
      question {
        id
        retired
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

interface Props {
  questions: readonly Question[];
  /** What comes after these in the whole list; with it, the order can be changed. */
  behind?: readonly Question[];
  onChanged: () => void;
  onEdit: (question: Question) => void;
  onDelete: (question: Question) => void;
}

/** Questions, one a line, with what can be done to each. */
export function QuestionList({ questions: present, behind, onChanged, onEdit, onDelete }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [reorder, busy] = useAct(ReorderDocument);
  // The wished order shows at once; with the answer the list itself has it.
  const [order, setOrder] = useState<readonly string[]>([]);
  const questions = order.length > 0 ? [...present].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id)) : present;
  const [moved, setMoved] = useState<{ id: string; step: -1 | 1; said: string }>();
  const list = useRef<HTMLOListElement>(null);
  const shown = questions.map(({ id }) => id).join();
  // The button moved with its line and lost the focus; whoever used it shall find it under their fingers, at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: also when only the order changed
  useLayoutEffect(() => {
    const { activeElement } = document;
    if (activeElement !== document.body && !list.current?.contains(activeElement)) return;
    const line = moved && list.current?.querySelector(`[data-question="${CSS.escape(moved.id)}"]`);
    const buttons = [...(line?.querySelectorAll<HTMLButtonElement>("[data-step]") ?? [])];
    const same = buttons.find(({ dataset }) => Number(dataset.step) === moved?.step);
    (same?.disabled ? buttons.find(({ disabled }) => !disabled) : same)?.focus();
  }, [moved, shown]);

  const move = async (from: number, step: -1 | 1) => {
    const wished = [...questions];
    const [one] = wished.splice(from, 1);
    if (!one || !behind || busy) return;
    wished.splice(from + step, 0, one);
    setOrder(wished.map(({ id }) => id));
    const outcome = await reorder({ input: { questionIds: [...wished, ...behind].map(({ id }) => id) } });
    setOrder([]);
    if (outcome.ok) {
      const said = t("questions.moved", { question: one.text, place: from + step + 1, count: wished.length });
      return setMoved({ id: one.id, step, said });
    }
    onChanged();
    for (const text of fieldErrors(c, outcome.userErrors, []).rest) toastBad(text);
  };

  return (
    <>
      <ol className={classes.list} ref={list}>
        {questions.map((question, i) => (
          <li key={question.id} className={classes.item} data-question={question.id}>
            {behind && (
              <div className={classes.order}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="1.625rem"
                  data-step="-1"
                  disabled={i === 0}
                  aria-label={t("questions.up", { question: question.text })}
                  onClick={() => void move(i, -1)}
                >
                  <IconChevronUp size={16} stroke={1.8} aria-hidden="true" />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="1.625rem"
                  data-step="1"
                  disabled={i === questions.length - 1}
                  aria-label={t("questions.down", { question: question.text })}
                  onClick={() => void move(i, 1)}
                >
                  <IconChevronDown size={16} stroke={1.8} aria-hidden="true" />
                </ActionIcon>
              </div>
            )}
            <Words question={question} />
            <Acts question={question} onChanged={onChanged} onEdit={onEdit} onDelete={onDelete} />
          </li>
        ))}
      </ol>
      <VisuallyHidden role="status">{moved?.said}</VisuallyHidden>
    </>
  );
}

function Words({ question }: { question: Question }) {
  const { t } = useTranslation("admin");
  const { installation } = useSession();
  const formats = useFormats();
  const languageName = useLanguageName();
  const missing = installation.languages.filter((tag) => !question.texts?.some(({ language }) => language === tag));
  const uses = question.uses ?? 0;
  return (
    <div className={classes.words}>
      <p className={classes.text}>{question.text}</p>
      <p className={classes.more}>
        {uses > 0 ? t("questions.uses", { count: uses, number: formats.number(uses) }) : t("questions.unused")}
        {missing.length > 0 && (
          <Badge tone="warn">{t("questions.missing", { languages: formats.list(missing.map(languageName)) })}</Badge>
        )}
      </p>
    </div>
  );
}

function Acts({ question, onChanged, onEdit, onDelete }: Omit<Props, "questions" | "behind"> & { question: Question }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const [retire] = useAct(RetireDocument);
  const [restore] = useAct(RestoreDocument);
  const turn = async () => {
    const input = { questionId: question.id };
    const outcome = question.retired ? await restore({ input }) : await retire({ input });
    onChanged();
    if (outcome.ok) return toastGood(t(question.retired ? "questions.restored" : "questions.retiredDone"));
    for (const text of fieldErrors(c, outcome.userErrors, []).rest) toastBad(text);
  };
  const Turn = question.retired ? IconArchiveOff : IconArchive;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("questions.menuOf", { question: question.text })}>
          <IconDots size={17} stroke={1.8} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconPencil size={16} stroke={1.7} aria-hidden="true" />}
          onClick={() => onEdit(question)}
        >
          {t("questions.edit")}
        </Menu.Item>
        <Menu.Item leftSection={<Turn size={16} stroke={1.7} aria-hidden="true" />} onClick={() => void turn()}>
          {t(question.retired ? "questions.restore" : "questions.retire")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTrash size={16} stroke={1.7} aria-hidden="true" />}
          onClick={() => onDelete(question)}
        >
          {t("questions.delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
