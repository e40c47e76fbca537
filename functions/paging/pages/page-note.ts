import type { Actor } from '../../alerts/port.ts';
import type { StoredPage } from './page.ts';

/** What the timeline of an alert says of a page. It is written once under its key, however often it is handed in. */
export interface PageNote {
  readonly by: Actor;
  readonly text: string;
  readonly key: string;
}

/** Adds a note to the timeline of an alert; one with a key once. */
export type AddNote = (
  request: { readonly caller: Actor },
  input: { readonly id: string; readonly note: string; readonly key?: string },
) => Promise<unknown>;

/** Adds the note of a page to the timeline of its alert, unless it is there already. */
export const addPageNote = async (
  acts: { readonly note: AddNote },
  { subject, note }: Pick<StoredPage, 'subject' | 'note'>,
): Promise<void> => {
  if (note) await acts.note({ caller: note.by }, { id: subject.id, note: note.text, key: note.key });
};
