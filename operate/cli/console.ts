/** What a command has of the world: its streams, its variables, the time, and the person at the terminal. */
export interface Console {
  /** One line of the result. */
  out(line: string): void;
  /** One line about the run: progress, what went wrong. */
  err(line: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads the result, in colours. */
  readonly isColoured: boolean;
  now(): Date;
  /** Asks for a line; undefined where nobody can answer. */
  ask(question: string, options?: { readonly isSecret?: boolean }): Promise<string | undefined>;
}

/** A mistake of the caller, or of what the command met, with what to do next. It ends a command with `code`. */
export class CommandError extends Error {
  readonly code: number;
  readonly todo: string | undefined;

  constructor(message: string, { code = 1, todo }: { readonly code?: number; readonly todo?: string } = {}) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
    this.todo = todo;
  }
}

/** Exit codes: 0 done, 1 failed or in part, 2 wrong use, 3 not signed in or not allowed, 4 nothing of that name. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, absent: 4 } as const;
