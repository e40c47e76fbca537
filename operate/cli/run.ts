import { apply } from './commands/apply.ts';
import { access } from './commands/access.ts';
import { audit } from './commands/audit.ts';
import { exportConfiguration } from './commands/export.ts';
import { ack, alerts, resolve } from './commands/alerts.ts';
import { importFrom } from './commands/import.ts';
import { login, logout } from './commands/login.ts';
import { onCall } from './commands/on-call.ts';
import type { Command } from './command.ts';
import { CommandError, EXIT, type Console } from './console.ts';
import { coloured } from './table.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  login,
  logout,
  alerts,
  ack,
  resolve,
  oncall: onCall,
  export: exportConfiguration,
  apply,
  import: importFrom,
  audit,
  access,
};

const overview = (): string => {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    'npx tocsin <command> [options]: alerts, on-call and configuration of an installation of Tocsin',
    '',
    ...Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'Every command takes --help, which says how it is called, and --url in place of TOCSIN_URL. Those that show something take --json.',
    'TOCSIN_KEY is a machine key for programs; people run `npx tocsin login`.',
    'Exit codes: 0 done, 1 failed or in part, 2 wrong use, 3 not signed in or not allowed, 4 not found.',
  ].join('\n');
};

/** Runs one command. Answers its exit code; what went wrong is said with what to do next. */
export const run = async (io: Console, argv: readonly string[]): Promise<number> => {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help') {
    io.out(overview());
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (!command)
      throw new CommandError(`There is no command ${name}.`, { code: EXIT.usage, todo: 'Run `npx tocsin help`.' });
    if (rest.includes('--help')) {
      io.out([`npx tocsin ${command.usage}`, command.about, ...(command.help ? [command.help] : [])].join('\n\n'));
      return EXIT.done;
    }
    return await command.run(io, rest);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    io.err(coloured(io, error.message, 'red'));
    if (error.todo !== undefined) io.err(`  → ${error.todo}`);
    return error.code;
  }
};
