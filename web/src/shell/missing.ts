import { createContext, useContext } from 'react';

/** True after a form was submitted that lacks something: from then on each field says what it lacks. */
export const IsAsked = createContext(false);

const MARK = { 'data-missing': '' };
const NO_MARK = {};

/**
 * What a field lacks before the form can be sent; nothing where it lacks nothing. `error` says it, once somebody has tried. `mark` belongs on the
 * element around the field: by it the form finds what is missing, and where the focus goes.
 */
export const useMissing = (
  lacks: string | false | undefined,
): { readonly mark: object; readonly error: string | undefined } => {
  const isAsked = useContext(IsAsked);
  const isMissing = lacks !== undefined && lacks !== false;
  return { mark: isMissing ? MARK : NO_MARK, error: isMissing && isAsked ? lacks : undefined };
};

const FIELDS = 'input:not([type=hidden]):not([disabled]), textarea, button[aria-haspopup], [role=combobox], button';

/** Moves the focus to the first field that lacks something. False where none does. */
export const focusMissing = (form: HTMLElement): boolean => {
  const field = form.querySelector('[data-missing]');
  if (!field) return false;
  (field.querySelector<HTMLElement>(FIELDS) ?? (field as HTMLElement)).focus();
  return true;
};
