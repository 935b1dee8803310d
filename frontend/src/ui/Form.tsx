import { type ReactNode, type SubmitEvent, useEffect, useRef } from "react";
import { Banner } from "./Banner";
import classes from "./Form.module.css";

interface Props {
  onSubmit: () => void;
  /** Sentences about the form as a whole. */
  problems?: readonly string[];
  /** Changes with each answer of the server; then the first field with an error gets the focus. */
  answer?: unknown;
  children: ReactNode;
}

/** A form: Enter submits, what is wrong is said above, and the focus goes to the first field to mend. */
export function Form({ onSubmit, problems = [], answer, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (!answer) return;
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.focus();
    // A group of boxes is longer than what is in sight: what is wrong stands at its beginning.
    if (field instanceof HTMLFieldSetElement) field.scrollIntoView?.({ block: "start" });
  }, [answer]);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A form in a dialog is a child of the page's form in React, though not in the document.
    event.stopPropagation();
    onSubmit();
  };
  return (
    <form ref={form} className={classes.form} onSubmit={submit} noValidate>
      {problems.length > 0 && (
        <Banner tone="bad" urgent>
          {problems.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </Banner>
      )}
      {children}
    </form>
  );
}
