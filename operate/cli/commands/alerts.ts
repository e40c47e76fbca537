import { COMMON, parsed, wrongUse, type Command } from '../command.ts';
import { ApiProblem, type Api } from '../api.ts';
import { CommandError, EXIT } from '../console.ts';
import { connect } from '../session.ts';
import { plain, printTable, type Cell, type Colour } from '../table.ts';

export interface Alert {
  readonly id: string;
  readonly status: string;
  readonly severity: string;
  readonly title: string;
  readonly service: string | null;
  readonly source: string;
  readonly dedupKey: string;
  readonly count: number;
  readonly lastSeenAt: string;
}

const SEVERITY_COLOURS: Readonly<Record<string, Colour>> = { critical: 'red', error: 'red', warning: 'yellow' };

const rowOf = (alert: Alert): (string | Cell)[] => {
  const colour = SEVERITY_COLOURS[alert.severity];
  return [
    alert.id,
    alert.status,
    { text: alert.severity, ...(colour && { colour }) },
    `${alert.lastSeenAt.slice(0, 16)}Z`,
    alert.service ?? '-',
    String(alert.count),
    alert.title,
  ];
};

export const alerts: Command = {
  usage: 'alerts [<query>] [--limit <n>] [--json]',
  about: 'List alerts; without a query those that are not resolved',
  help:
    "The query is that of the console, such as 'status:open AND severity:critical AND service:checkout' or 'created>2h':\n" +
    'docs/guide/alerts.md. --limit is how many are shown, 50 if not given.',
  run: async (io, argv) => {
    const { values, positionals } = parsed(argv, { ...COMMON, limit: { type: 'string', default: '50' } }, alerts);
    const most = Number(values.limit);
    if (!Number.isInteger(most) || most < 1) throw wrongUse('--limit takes a whole number from 1.', alerts);
    const query = positionals.length > 0 ? positionals.join(' ') : 'NOT status:resolved';
    const limit = String(Math.min(100, most));
    const found = await connect(io, values).list<Alert>('/api/monitoring/alerts', { query, limit }, most);
    if (values.json) io.out(JSON.stringify(found, null, 2));
    else if (found.length === 0) io.out('No alert matches.');
    else printTable(io, ['ID', 'STATUS', 'SEVERITY', 'LAST SEEN', 'SERVICE', 'COUNT', 'TITLE'], found.map(rowOf));
    return EXIT.done;
  },
};

/** `ack` and `resolve`: one alert by its id, or the one with a dedup key, where it is open. */
const answering = (verb: 'acknowledge' | 'resolve', name: string, done: string): Command => {
  const command: Command = {
    usage: `${name} <id or dedup key>… [--source <source>] [--note <text>] [--json]`,
    about: `${verb === 'resolve' ? 'Resolve' : 'Acknowledge'} alerts, by their id or their dedup key`,
    help: 'A text that begins with alr_ is an id. --source says whose dedup key it is, where two sources use the same.',
    run: async (io, argv) => {
      const options = { ...COMMON, note: { type: 'string' }, source: { type: 'string' } } as const;
      const { values, positionals } = parsed(argv, options, command);
      if (positionals.length === 0) throw wrongUse('Name at least one alert.', command);
      const api = connect(io, values);
      const note: Readonly<Record<string, string>> = values.note === undefined ? {} : { note: values.note };
      const act = (asked: string): Promise<Alert | null> =>
        /^alr_[0-9a-z]+$/.test(asked)
          ? api.call<Alert>('POST', `/api/monitoring/alerts/${asked}/${verb}`, note)
          : byKey(api, verb, asked, { ...(values.source && { source: values.source }), ...note });
      const answers: { readonly asked: string; readonly alert: Alert | null; readonly refused?: string }[] = [];
      let exit: number = EXIT.done;
      for (const asked of positionals) {
        try {
          const alert = await act(asked);
          answers.push({ asked, alert });
          if (alert === null && exit === EXIT.done) exit = EXIT.absent;
          if (!values.json)
            io.out(alert ? `${done}: ${plain(alert.title)} (${alert.id})` : `No alert to ${verb}: ${asked}`);
        } catch (error) {
          // The refusal of one of several is no reason to leave the others.
          if (positionals.length === 1 || !(error instanceof ApiProblem) || error.status === 401) throw error;
          answers.push({ asked, alert: null, refused: error.message });
          exit = error.code;
          io.err(`${asked}: ${error.message}`);
        }
      }
      if (values.json) io.out(JSON.stringify(answers, null, 2));
      return exit;
    },
  };
  return command;
};

/**
 * The open alert with a dedup key. Without a source it is looked for among those of all sources; where two have the same key, none is
 * chosen. A caller who may not list alerts reaches those of the API's own source.
 */
const byKey = async (
  api: Api,
  verb: string,
  dedupKey: string,
  body: Readonly<Record<string, string>>,
): Promise<Alert | null> => {
  const answered = async (): Promise<Alert | null> =>
    (
      await api.call<{ readonly alert: Alert | null }>('POST', `/api/monitoring/alerts/by-key/${verb}`, {
        dedupKey,
        ...body,
      })
    ).alert;
  if ('source' in body || /["\\]/.test(dedupKey)) return answered();
  const query = `key="${dedupKey}" AND NOT status:resolved`;
  const found = await api.list<Alert>('/api/monitoring/alerts', { query }).catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 403) return undefined;
    throw error;
  });
  if (found === undefined) return answered();
  const [first, ...others] = found;
  if (others.length > 0) {
    throw new CommandError(`${found.length} sources have an open alert with the key ${plain(dedupKey)}.`, {
      todo: `Add --source with one of: ${found.map(({ source }) => plain(source)).join(', ')}`,
    });
  }
  return first ? api.call<Alert>('POST', `/api/monitoring/alerts/${first.id}/${verb}`, body) : null;
};

export const ack = answering('acknowledge', 'ack', 'Acknowledged');
export const resolve = answering('resolve', 'resolve', 'Resolved');
