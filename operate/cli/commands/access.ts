import { COMMON, parsed, wrongUse, type Command } from '../command.ts';
import { EXIT } from '../console.ts';
import { connect } from '../session.ts';
import { printTable } from '../table.ts';

interface Holder {
  readonly kind: 'user' | 'machine';
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly lastSeenAt: string | null;
}

interface Report {
  readonly canPage: readonly Holder[];
  readonly canSilence: readonly Holder[];
  readonly idle: readonly Holder[];
  readonly complete: boolean;
}

export const access: Command = {
  usage: 'access [--json]',
  about: 'Show who can page, who can silence, and who did not log in for 90 days',
  run: async (io, argv) => {
    const { values, positionals } = parsed(argv, COMMON, access);
    if (positionals.length > 0) throw wrongUse('`access` takes no words.', access);
    const report = await connect(io, values).call<Report>('GET', '/api/security/access-report');
    if (values.json) {
      io.out(JSON.stringify(report, null, 2));
      return EXIT.done;
    }
    const { canPage, canSilence, idle } = report;
    const all = new Map([...canPage, ...canSilence, ...idle].map((holder) => [holder.id, holder]));
    const mark = (holders: readonly Holder[], id: string): string =>
      holders.some((each) => each.id === id) ? 'yes' : '-';
    printTable(
      io,
      ['NAME', 'KIND', 'CAN PAGE', 'CAN SILENCE', 'IDLE', 'LAST SEEN', 'ROLES'],
      [...all.values()].map(({ id, name, kind, roles, lastSeenAt }) => [
        name,
        kind,
        mark(canPage, id),
        mark(canSilence, id),
        mark(idle, id),
        lastSeenAt === null ? 'never' : `${lastSeenAt.slice(0, 10)}`,
        roles.join(', ') || '-',
      ]),
    );
    if (!report.complete) io.err('Only the first thousand users and keys were read.');
    return EXIT.done;
  },
};
