import type { TFunction } from "i18next";
import type { UserError } from "./useAct";

export interface FieldErrors<Name extends string> {
  /** The sentence for each field of the form that has one. */
  fields: Partial<Record<Name, string>>;
  /** Sentences about no field of this form. */
  rest: string[];
}

/**
 * Brings userErrors to the fields of a form: the path in `field`, or its last name, finds the form field, `code` the text. A text
 * for just this field ("userError.email.TAKEN") goes before the general one ("userError.TAKEN").
 */
export function fieldErrors<Name extends string>(
  t: TFunction<"common">,
  errors: readonly UserError[],
  names: readonly Name[],
): FieldErrors<Name> {
  const found: FieldErrors<Name> = { fields: {}, rest: [] };
  for (const { field, code, message } of errors) {
    const name = names.find((one) => one === field?.join(".")) ?? names.find((one) => one === field?.at(-1));
    const general = t(`userError.${code}`, { defaultValue: message });
    const text = field
      ? t(`userError.${field.at(-1)}.${code}` as "userError.INVALID", { defaultValue: general })
      : general;
    if (!name) found.rest.push(text);
    else found.fields[name] ??= text;
  }
  return found;
}
