/*
 * The backend may ask to prove again who is at the keyboard. The request that it refused waits until the person has done so, and is then
 * repeated, so nothing that was typed is lost.
 */

/** What the person has to show. */
export type ProofKind = 'code' | 'password';

interface Asked {
  readonly kind: ProofKind;
  readonly answer: (isProved: boolean) => void;
}

let asked: Asked | undefined;
let pending: Promise<boolean> | undefined;
const listeners = new Set<() => void>();

const become = (next: Asked | undefined): void => {
  asked = next;
  for (const listener of listeners) listener();
};

export const proof = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  asked: (): Asked | undefined => asked,

  /** Asks the person once, also where several requests wait. True once they have proved it, false where they would not. */
  ask: (kind: ProofKind): Promise<boolean> =>
    (pending ??= new Promise<boolean>((answer) => become({ kind, answer })).finally(() => {
      pending = undefined;
      become(undefined);
    })),
};
