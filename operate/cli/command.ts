import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CommandError, EXIT, type Console } from './console.ts';

/** A command of `tocsin`. It answers its exit code. */
export interface Command {
  /** How it is called, one line. */
  readonly usage: string;
  readonly about: string;
  /** What `--help` says below that. */
  readonly help?: string;
  run(io: Console, argv: readonly string[]): Promise<number>;
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Options that every command takes that speaks to an installation. */
export const COMMON = { url: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/** The options and words of a command. A wrong one ends it with the usage. */
export const parsed = <O extends Options>(argv: readonly string[], options: O, command: Pick<Command, 'usage'>) => {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw wrongUse(error instanceof Error ? error.message : String(error), command);
  }
};

export const wrongUse = (message: string, { usage }: Pick<Command, 'usage'>): CommandError =>
  new CommandError(message, { code: EXIT.usage, todo: `Use: npx tocsin ${usage}` });
