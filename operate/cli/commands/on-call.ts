import { COMMON, parsed, wrongUse, type Command } from '../command.ts';
import { CommandError, EXIT } from '../console.ts';
import { namesOf } from '../people.ts';
import { connect } from '../session.ts';
import { printTable } from '../table.ts';

interface OnCall {
  readonly scheduleId: string;
  readonly name: string;
  readonly users: readonly string[];
  readonly until: string | null;
  readonly next: readonly string[] | null;
}

export const onCall: Command = {
  usage: 'oncall now [--schedule <name or id>] [--json]',
  about: 'Show who is on call now, until when, and who is next',
  run: async (io, argv) => {
    const { values, positionals } = parsed(argv, { ...COMMON, schedule: { type: 'string' } }, onCall);
    if (positionals.join(' ') !== 'now') throw wrongUse('`oncall` has one question: now.', onCall);
    const api = connect(io, values);
    const [all, nameOf] = await Promise.all([api.list<OnCall>('/api/oncall/now'), namesOf(api)]);
    const asked = values.schedule;
    const found = all.filter(({ scheduleId, name }) => asked === undefined || scheduleId === asked || name === asked);
    if (asked !== undefined && found.length === 0) {
      throw new CommandError(`There is no schedule ${asked}.`, {
        code: EXIT.absent,
        todo: '`npx tocsin oncall now` lists all of them.',
      });
    }
    const named = found.map((each) => ({
      ...each,
      users: each.users.map((id) => ({ id, name: nameOf(id) })),
      next: each.next?.map((id) => ({ id, name: nameOf(id) })) ?? null,
    }));
    if (values.json) io.out(JSON.stringify(named, null, 2));
    else if (named.length === 0) io.out('There is no schedule.');
    else {
      const people = (users: readonly { readonly name: string }[]): string => users.map(({ name }) => name).join(', ');
      printTable(
        io,
        ['SCHEDULE', 'ON CALL', 'UNTIL', 'NEXT'],
        named.map(({ name, users, until, next }) => [
          name,
          users.length > 0 ? { text: people(users) } : { text: 'nobody', colour: 'red' as const },
          until === null ? '-' : `${until.slice(0, 16)}Z`,
          next === null ? '-' : people(next) || 'nobody',
        ]),
      );
    }
    return EXIT.done;
  },
};
