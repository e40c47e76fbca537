import type { Dashboard } from './dashboard.ts';

/** What a person changed and has not saved: it outlives a reload of the tab, and ends with the tab. */
export interface Draft {
  /** As it was when the form opened. */
  readonly opened: Dashboard;
  readonly dashboard: Dashboard;
}

const keyOf = (id: string): string => `tocsin.dashboard.${id}`;

export const keepDraft = (draft: Draft): void => {
  try {
    sessionStorage.setItem(keyOf(draft.opened.id), JSON.stringify(draft));
  } catch {
    // The browser may store nothing; the draft then lasts as long as the page.
  }
};

export const keptDraft = (id: string): Draft | undefined => {
  try {
    const text = sessionStorage.getItem(keyOf(id));
    return text === null ? undefined : (JSON.parse(text) as Draft);
  } catch {
    return undefined;
  }
};

export const forgetDraft = (id: string): void => {
  try {
    sessionStorage.removeItem(keyOf(id));
  } catch {
    // As above.
  }
};
