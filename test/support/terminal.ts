import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Console } from '../../operate/cli/console.ts';
import { run } from '../../operate/cli/run.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was printed, as JSON. */
  json<T>(): T;
}

/** A terminal of its own: a home directory, variables, and what is typed when something is asked. */
export interface Terminal {
  readonly home: string;
  tocsin(...argv: readonly string[]): Promise<Outcome>;
}

export const terminal = (
  env: Readonly<Record<string, string>> = {},
  { now = () => new Date(), typed = [] }: { readonly now?: () => Date; readonly typed?: string[] } = {},
): Terminal => {
  const home = mkdtempSync(join(tmpdir(), 'tocsin-home-'));
  return {
    home,
    tocsin: async (...argv) => {
      const [out, err]: [string[], string[]] = [[], []];
      const io: Console = {
        out: (line) => out.push(line),
        err: (line) => err.push(line),
        env: { HOME: home, ...env },
        isColoured: false,
        now,
        ask: () => Promise.resolve(typed.shift()),
      };
      const code = await run(io, argv);
      const text = out.join('\n');
      return { code, out: text, err: err.join('\n'), json: <T>() => JSON.parse(text) as T };
    },
  };
};
