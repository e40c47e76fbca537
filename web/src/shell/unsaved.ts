import { useEffect, useSyncExternalStore } from 'react';

/** What somebody would lose, and what happens by each answer. */
interface Question {
  /** What would be lost. */
  readonly loss: string;
  readonly onLeave: () => void;
  readonly onStay: () => void;
}

/** The forms in which something was typed or chosen that is not saved; true for one whose answer is awaited. */
const unsaved = new Map<string, boolean>();
let question: Question | undefined;
const listeners = new Set<() => void>();

const pose = (next: Question | undefined): void => {
  question = next;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

const keepPage = (event: BeforeUnloadEvent): void => {
  if (unsaved.size > 0) event.preventDefault();
};
window.addEventListener('beforeunload', keepPage);

/** Whether leaving the page loses something. What is being saved leads to another page by itself, so it counts only with `withSent`. */
export const hasUnsaved = ({ withSent }: { readonly withSent: boolean }): boolean =>
  [...unsaved.values()].some((isSent) => withSent || !isSent);

/** Says that the form of this id has something to lose, until it has not, or is gone. */
export const useUnsaved = (id: string, isChanged: boolean, isSent: boolean): void => {
  useEffect(() => {
    if (!isChanged) return;
    unsaved.set(id, isSent);
    return () => void unsaved.delete(id);
  }, [id, isChanged, isSent]);
};

const ENTERED = 'What you have entered is not saved.';

/** Asks whether to leave what is not saved. */
export const ask = (onLeave: () => void, onStay: () => void = () => undefined, loss = ENTERED): void =>
  pose({
    loss,
    onLeave: () => {
      pose(undefined);
      onLeave();
    },
    onStay: () => {
      pose(undefined);
      onStay();
    },
  });

/** Leaves the form of this id, at once where there is nothing to lose. */
export const leaveForm = (id: string, onLeave: () => void): void => (unsaved.has(id) ? ask(onLeave) : onLeave());

/** The question that is asked now. */
export const useQuestion = (): Question | undefined => useSyncExternalStore(subscribe, () => question);
