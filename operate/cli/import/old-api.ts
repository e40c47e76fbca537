import { setTimeout as sleep } from 'node:timers/promises';
import { waitMs } from '../api.ts';
import { CommandError, EXIT, type Console } from '../console.ts';
import { isFields, isList, type Fields, type Value } from '../configuration/value.ts';
import { addressOf } from '../session.ts';
import type { Export } from './export-file.ts';
import type { Vendor } from './old-system.ts';

/** Where the key of each old system is, and how it is sent. */
const KEYS: Readonly<
  Record<Vendor, { readonly variable: string; header(key: string): Readonly<Record<string, string>> }>
> = {
  opsgenie: { variable: 'OPSGENIE_API_KEY', header: (key) => ({ authorization: `GenieKey ${key}` }) },
  pagerduty: {
    variable: 'PAGERDUTY_TOKEN',
    header: (key) => ({ authorization: `Token token=${key}`, accept: 'application/vnd.pagerduty+json;version=2' }),
  },
  oncall: { variable: 'ONCALL_API_TOKEN', header: (key) => ({ authorization: key }) },
  goalert: { variable: 'GOALERT_TOKEN', header: (key) => ({ authorization: `Bearer ${key}` }) },
};

const ATTEMPTS = 8;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_PAGES = 1_000;
const DAY_MS = 86_400_000;

interface Reader {
  get(path: string): Promise<Value>;
  post(path: string, body: unknown): Promise<Value>;
  /** The pages of a list, as they come. */
  all(path: string, field?: string): Promise<readonly Value[]>;
}

/** Reads from the old system alone: no redirect is followed, and a next page is on the same host. */
const readerOf = (io: Console, base: string, headers: Readonly<Record<string, string>>): Reader => {
  const { origin } = new URL(base);
  const call = async (path: string, body?: unknown): Promise<Value> => {
    const url = new URL(path.startsWith('http') ? path : `${base}${path}`);
    if (url.origin !== origin)
      throw new CommandError(`${origin} names a next page at ${url.origin}, which is not asked.`);
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, {
        redirect: 'error',
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      }).catch((error: unknown) => {
        const { cause } = error as { readonly cause?: unknown };
        throw new CommandError(
          `${url.origin} does not answer: ${cause instanceof Error ? cause.message : String(error)}`,
        );
      });
      if (Number(response.headers.get('content-length') ?? 0) > MOST_BYTES)
        throw new CommandError(`${url.pathname} answers too much.`);
      const answer = await response.text();
      if (response.ok) return JSON.parse(answer) as Value;
      if ((response.status === 429 || response.status >= 500) && attempt < ATTEMPTS) {
        const wait = waitMs(response, attempt);
        io.err(`${url.host} asks to wait: ${Math.ceil(wait / 1000)} s`);
        await sleep(wait);
      } else {
        throw new CommandError(`${url.host}${url.pathname} answered ${response.status}: ${answer.slice(0, 200)}`, {
          code: response.status === 401 || response.status === 403 ? EXIT.refused : EXIT.failed,
          todo: 'Check the address, and that the key may read everything.',
        });
      }
    }
  };
  const all = async (path: string, field = 'data'): Promise<readonly Value[]> => {
    const found: Value[] = [];
    let next: string | undefined = path;
    for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
      const answer: Value = await call(next);
      const fields: Fields = isFields(answer) ? answer : { [field]: answer };
      const inner = fields[field];
      const items = isList(inner) ? inner : isFields(inner) ? Object.values(inner).find(isList) : undefined;
      found.push(...((items as readonly Value[] | undefined) ?? []));
      next = nextOf(fields, next, base);
    }
    if (next !== undefined) throw new CommandError(`${path} has more than ${MOST_PAGES} pages. Use an export instead.`);
    return found;
  };
  return { get: call, post: call, all };
};

/** The next page of a list, as each of the systems has it. */
const nextOf = (answer: Fields, path: string, base: string): string | undefined => {
  const paging = isFields(answer['paging']) ? answer['paging']['next'] : undefined;
  const next = paging ?? answer['next'];
  if (typeof next === 'string' && next !== '') return next;
  if (answer['more'] !== true) return undefined;
  const url = new URL(path.startsWith('http') ? path : `${base}${path}`);
  url.searchParams.set('offset', String(Number(answer['offset'] ?? 0) + Number(answer['limit'] ?? 25)));
  return url.href;
};

const idsIn = (items: readonly Value[]): string[] =>
  items.flatMap((each) => (isFields(each) && each['id'] !== undefined ? [String(each['id'])] : []));

type Collect = (reader: Reader, now: Date, io: Console) => Promise<Export>;

const byId = async (ids: readonly string[], read: (id: string) => Promise<Value>): Promise<Fields> => {
  const found: Record<string, Value> = {};
  for (const id of ids) found[id] = await read(id);
  return found;
};

const collectOpsgenie: Collect = async ({ get, all }) => {
  const dataOf = async (path: string): Promise<Value> => ((await get(path)) as Fields)['data'] ?? null;
  const [teams, schedules] = [await all('/v2/teams'), await all('/v2/schedules?expand=rotation')];
  const windows = await all('/v1/maintenance?type=non-expired');
  return {
    users: await all('/v2/users?limit=100'),
    teams: Object.values(await byId(idsIn(teams), (id) => dataOf(`/v2/teams/${id}`))) as Value[],
    schedules,
    overrides: await byId(idsIn(schedules), (id) => all(`/v2/schedules/${id}/overrides`)),
    escalations: await all('/v2/escalations'),
    services: await all('/v1/services?limit=100'),
    routingRules: await byId(idsIn(teams), (id) => all(`/v2/teams/${id}/routing-rules`)),
    integrations: await all('/v2/integrations'),
    heartbeats: await all('/v2/heartbeats'),
    maintenance: Object.values(await byId(idsIn(windows), (id) => dataOf(`/v1/maintenance/${id}`))) as Value[],
  };
};

const collectPagerduty: Collect = async ({ get, all }, now, io) => {
  const until = new Date(now.getTime() + 31 * DAY_MS).toISOString();
  const span = `since=${now.toISOString()}&until=${until}`;
  const [teams, schedules, rulesets] = [
    await all('/teams?limit=100', 'teams'),
    await all('/schedules?limit=100', 'schedules'),
    // A newer account has none of them, and answers that it has no such path.
    await all('/rulesets?limit=100', 'rulesets').catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      io.err(`Event rules are left out, because the rulesets could not be read: ${error.message}`);
      return [];
    }),
  ];
  return {
    users: await all('/users?limit=100', 'users'),
    teams,
    members: await byId(idsIn(teams), (id) => all(`/teams/${id}/members?limit=100`, 'members')),
    schedules: Object.values(
      await byId(
        idsIn(schedules),
        async (id) => ((await get(`/schedules/${id}?${span}&time_zone=UTC`)) as Fields)['schedule'] ?? null,
      ),
    ) as Value[],
    overrides: await byId(idsIn(schedules), (id) => all(`/schedules/${id}/overrides?${span}`, 'overrides')),
    escalation_policies: await all('/escalation_policies?limit=100', 'escalation_policies'),
    services: await all('/services?limit=100&include[]=integrations', 'services'),
    maintenance_windows: await all('/maintenance_windows?limit=100&filter=open', 'maintenance_windows'),
    rulesets,
    rules: await byId(idsIn(rulesets), (id) => all(`/rulesets/${id}/rules?limit=100`, 'rules')),
  };
};

const collectOncall: Collect = async ({ all }, now) => {
  const list = (kind: string): Promise<readonly Value[]> => all(`/api/v1/${kind}/`, 'results');
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const schedules = await list('schedules');
  const span = `start_date=${day(now.getTime())}&end_date=${day(now.getTime() + 31 * DAY_MS)}`;
  return {
    users: await list('users'),
    teams: await list('teams'),
    schedules,
    on_call_shifts: await list('on_call_shifts'),
    final_shifts: await byId(idsIn(schedules), (id) => all(`/api/v1/schedules/${id}/final_shifts?${span}`, 'results')),
    escalation_chains: await list('escalation_chains'),
    escalation_policies: await list('escalation_policies'),
    integrations: await list('integrations'),
    routes: await list('routes'),
  };
};

const PEOPLE = 'id name email role';
const TARGET = 'id type name';
/** Queries of GoAlert's GraphQL API, by the kind that they list. */
const QUERIES: Readonly<Record<string, string>> = {
  users: PEOPLE,
  schedules: `id name description timeZone temporarySchedules { start end shifts { userID start end } } targets { target { ${TARGET} } rules { start end weekdayFilter } }`,
  rotations: 'id name description timeZone type shiftLength start activeUserIndex userIDs nextHandoffTimes(num: 1)',
  escalationPolicies: `id name description repeat steps { delayMinutes targets { ${TARGET} } }`,
  userOverrides: 'id start end addUserID removeUserID target { id type }',
  services:
    'id name description escalationPolicy { id } maintenanceExpiresAt integrationKeys { id name type } heartbeatMonitors { id name timeoutMinutes }',
};

const collectGoalert: Collect = async ({ post }) => {
  const found: Record<string, Value> = {};
  for (const [kind, fields] of Object.entries(QUERIES)) {
    const nodes: Value[] = [];
    for (let after = ''; ;) {
      const input = `first: 50${after && `, after: ${JSON.stringify(after)}`}`;
      const query = `{ ${kind}(input: { ${input} }) { nodes { ${fields} } pageInfo { endCursor hasNextPage } } }`;
      const { data, errors } = (await post('/api/graphql', { query })) as { data?: Fields | null; errors?: Value };
      if (errors !== undefined)
        throw new CommandError(`GoAlert refuses ${kind}: ${JSON.stringify(errors).slice(0, 300)}`);
      const page = data?.[kind] as Fields | undefined;
      nodes.push(...((page?.['nodes'] as readonly Value[] | undefined) ?? []));
      const info = page?.['pageInfo'] as Fields | undefined;
      if (info?.['hasNextPage'] !== true) break;
      after = String(info['endCursor']);
    }
    found[kind] = nodes;
  }
  return found;
};

const COLLECT: Readonly<Record<Vendor, Collect>> = {
  opsgenie: collectOpsgenie,
  pagerduty: collectPagerduty,
  oncall: collectOncall,
  goalert: collectGoalert,
};

/** Reads everything that an import needs from the API of the old system, page by page. */
export const collect = async (io: Console, vendor: Vendor, address: string): Promise<Export> => {
  const { variable, header } = KEYS[vendor];
  const key = io.env[variable];
  if (!key) {
    throw new CommandError(`Set ${variable} to a key of the old system that may read everything.`, {
      code: EXIT.usage,
    });
  }
  io.err(`Reading from ${address} …`);
  return COLLECT[vendor](readerOf(io, addressOf(address), header(key)), io.now(), io);
};
