import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FieldErrors, fieldErrors } from "../lib/api/fieldErrors";
import type { UserError } from "../lib/api/useAct";

type Values = Record<string, string>;

export interface Fields<V extends Values> {
  values: V;
  /** Sets a value; what was wrong with it is forgotten. */
  set: <Name extends keyof V>(name: Name, value: V[Name]) => void;
  /** Sets all values and forgets all errors. */
  reset: (values: V) => void;
  /** What a text input takes. */
  input: (name: keyof V & string) => {
    name: string;
    value: string;
    error: string | undefined;
    onChange: (event: { currentTarget: { value: string } }) => void;
  };
  /** Shows what the API wants mended; `own` are sentences of our own beside it. */
  refuse: (errors: readonly UserError[], own?: Partial<Record<keyof V & string, string>>) => void;
  /** Shows sentences of our own; true when there are none. */
  check: (fields: Partial<Record<keyof V & string, string | false | undefined>>) => boolean;
  problems: readonly string[];
  /** Changes with each refusal; for Form. */
  answer: unknown;
  changed: boolean;
}

/** The values of a form of texts, and what is wrong with them. */
export function useFields<V extends Values>(initial: V): Fields<V> {
  const { t } = useTranslation();
  const [start, setStart] = useState(initial);
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<FieldErrors<string>>({ fields: {}, rest: [] });
  // The errors as they were when they came: mending one field is no answer, and must not take the focus to another.
  const [answer, setAnswer] = useState<unknown>(false);
  const show = (found: FieldErrors<string>) => {
    setErrors(found);
    setAnswer(Object.keys(found.fields).length > 0 && found);
  };

  const set = useCallback(<Name extends keyof V>(name: Name, value: V[Name]) => {
    setValues((old) => ({ ...old, [name]: value }));
    setErrors(({ fields: { [name as string]: _, ...fields } }) => ({ fields, rest: [] }));
  }, []);
  const reset = useCallback((fresh: V) => {
    setStart(fresh);
    setValues(fresh);
    setErrors({ fields: {}, rest: [] });
  }, []);
  return {
    values,
    set,
    reset,
    input: (name) => ({
      name,
      value: values[name] ?? "",
      error: errors.fields[name],
      onChange: (event) => set(name, event.currentTarget.value as V[typeof name]),
    }),
    refuse: (userErrors, own) => {
      const { fields, rest } = fieldErrors(t, userErrors, Object.keys(values));
      show({ fields: { ...fields, ...own }, rest });
    },
    check: (found) => {
      const fields = Object.fromEntries(Object.entries(found).filter(([, text]) => text)) as Record<string, string>;
      show({ fields, rest: [] });
      return Object.keys(fields).length === 0;
    },
    problems: errors.rest,
    answer,
    changed: Object.keys(values).some((name) => values[name] !== start[name]),
  };
}
