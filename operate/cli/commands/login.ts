import { COMMON, parsed, type Command } from '../command.ts';
import { CommandError, EXIT } from '../console.ts';
import { addressOf, signIn, signOut } from '../session.ts';

export const login: Command = {
  usage: 'login --url <address> [--username <name>]',
  about: 'Sign in as a person; the session is kept in a file that only you can read',
  help: 'The password is asked for, or read from TOCSIN_PASSWORD. Programs use TOCSIN_URL and TOCSIN_KEY, a machine key, instead.',
  run: async (io, argv) => {
    const { values } = parsed(argv, { url: COMMON.url, username: { type: 'string' } }, login);
    const asked = values.url ?? io.env['TOCSIN_URL'];
    if (asked === undefined) {
      throw new CommandError('No installation is named.', { code: EXIT.usage, todo: `Use: npx tocsin ${login.usage}` });
    }
    const url = addressOf(asked);
    const username = values.username ?? (await io.ask('User name: '));
    const password = io.env['TOCSIN_PASSWORD'] ?? (await io.ask('Password: ', { isSecret: true }));
    if (!username || !password) {
      throw new CommandError('This needs a user name and a password, and there is no terminal to ask for them.', {
        code: EXIT.usage,
        todo: 'Give --username and TOCSIN_PASSWORD, or use a machine key: TOCSIN_KEY.',
      });
    }
    await signIn(io, url, username, password);
    io.out(`Signed in at ${url} as ${username}.`);
    return EXIT.done;
  },
};

export const logout: Command = {
  usage: 'logout',
  about: 'End the session that login began',
  run: async (io, argv) => {
    parsed(argv, {}, logout);
    io.out((await signOut(io)) ? 'Signed out.' : 'Nobody was signed in.');
    return EXIT.done;
  },
};
