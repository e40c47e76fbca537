import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { eventually } from '../../operate/eventually.ts';
import { terminal, type Outcome, type Terminal } from '../support/terminal.ts';
import { repository } from '../support/tools/paths.ts';
import { ADMIN_PASSWORD, startTocsin, type Client, type Tocsin } from '../support/tocsin.ts';

interface House {
  readonly tocsin: Tocsin;
  readonly admin: Client;
  readonly terminal: Terminal;
}

const folder = mkdtempSync(join(tmpdir(), 'tocsin-configuration-'));
let written = 0;

/** Two installations, which share nothing. */
const houses: House[] = [];

beforeAll(async () => {
  for (let i = 0; i < 2; i++) {
    const tocsin = await startTocsin({ dynamoFront: false });
    const own = terminal({ TOCSIN_PASSWORD: ADMIN_PASSWORD }, { now: () => new Date(tocsin.runtime.clock.now()) });
    expect(await own.tocsin('login', '--url', tocsin.url, '--username', 'admin')).toMatchObject({ code: 0 });
    houses.push({ tocsin, admin: await tocsin.admin(), terminal: own });
  }
}, 120_000);
afterAll(() => Promise.all(houses.map(({ tocsin }) => tocsin.stop())));

const house = (i: number): House => houses[i] ?? expect.fail('no house');

/** What the second installation answers once the rate of its administrator allows it: the commands share that rate. */
const inTime = <T>(status: number, ask: (admin: Client) => Promise<{ readonly status: number; readonly body: T }>) =>
  eventually('the rate allows it', { withinMs: 90_000, everyMs: 1_000 }, async () => {
    const answer = await ask(house(1).admin);
    expect(answer.status).toBe(status);
    return answer.body;
  });

const listed = async <T>(path: string): Promise<readonly T[]> =>
  (await inTime(200, (admin) => admin.get<{ readonly items: readonly T[] }>(path))).items;

const fileOf = (document: unknown): string => {
  const file = join(folder, `${++written}.yaml`);
  writeFileSync(file, typeof document === 'string' ? document : stringify(document));
  return file;
};

const apply = (i: number, document: unknown, ...flags: readonly string[]): Promise<Outcome> =>
  house(i).terminal.tocsin('apply', fileOf(document), '--yes', ...flags);

const exported = async (i: number): Promise<string> => {
  const { code, out, err } = await house(i).terminal.tocsin('export');
  expect(err).toBe('');
  expect(code).toBe(0);
  return out;
};

const plan = async (i: number, document: unknown, ...flags: readonly string[]) =>
  (await house(i).terminal.tocsin('apply', fileOf(document), '--dry-run', '--json', ...flags)).json<{
    readonly create: number;
    readonly change: number;
    readonly delete: number;
    readonly changes: readonly { readonly what: string; readonly lines: readonly string[] }[];
  }>();

const PEOPLE = ['ana', 'ben', 'cleo', 'dan'] as const;
const NAMES = ['checkout', 'search', 'Paßwörter & co: "x"', '#1 - first', 'null'] as const;

const person = fc.constantFrom(...PEOPLE).map((name) => `user:${name}`);
const title = fc.constantFrom(...NAMES);
const named = <T>(of: fc.Arbitrary<T>, most = 4): fc.Arbitrary<(T & { readonly name: string })[]> =>
  fc
    .array(fc.tuple(title, of), { maxLength: most })
    .map((all) => all.map(([name, rest]) => ({ name, ...rest })))
    .map((all) => all.filter(({ name }, i) => all.findIndex((each) => each.name === name) === i));
const HEARTBEAT = { type: 'heartbeat', periodSeconds: 3600 };
const time = fc.constantFrom('00:00', '08:30', '17:00');
const restriction = fc.oneof(
  fc.record({
    type: fc.constant('daily'),
    days: fc.constantFrom([1, 2, 3, 4, 5], [6, 7]),
    from: time,
    to: fc.constant('18:00'),
  }),
  fc.record({
    type: fc.constant('weekly'),
    fromDay: fc.constant(5),
    from: time,
    toDay: fc.constant(1),
    to: fc.constant('09:00'),
  }),
);
const rotation = fc.oneof(
  fc.constantFrom({ type: 'daily' }, { type: 'weekly' }, { type: 'monthly' }),
  fc.record({
    type: fc.constant('custom'),
    unit: fc.constantFrom('hours', 'days'),
    every: fc.integer({ min: 1, max: 20 }),
  }),
);
const layer = fc.record(
  {
    name: title,
    users: fc.array(person, { minLength: 1, maxLength: 3 }),
    rotation,
    handOff: time,
    start: fc.constantFrom('2026-01-05', '2026-03-29'),
    end: fc.constantFrom('2031-01-01', null),
    restrictions: fc.array(restriction, { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'users', 'rotation', 'handOff', 'start'] },
);
const override = fc.record({
  kind: fc.constantFrom('add', 'replace', 'remove'),
  userId: person,
  from: fc.constant('2032-01-01T10:00:00Z'),
  to: fc.constantFrom('2032-01-02T10:00:00Z', '2032-01-03T12:00:00+02:00'),
});

const subset = <T>(all: readonly T[], most: number): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...all), { maxLength: most });

/** Documents in which each section names only what stands in it. */
const document = fc
  .tuple(
    named(fc.record({ description: fc.constantFrom('', 'ours') })),
    named(
      fc.record(
        {
          timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'UTC'),
          layers: fc.array(layer, { minLength: 1, maxLength: 2 }),
          overrides: fc.uniqueArray(override, { maxLength: 2, selector: (each) => JSON.stringify(each) }),
        },
        { requiredKeys: ['timeZone', 'layers'] },
      ),
    ),
    named(
      fc.record({
        repeat: fc.integer({ min: 0, max: 3 }),
        isChosen: fc.boolean(),
        minutes: fc.integer({ min: 1, max: 60 }),
      }),
    ),
  )
  .chain(([teams, schedules, policies]) => {
    const targets = [
      ...PEOPLE.map((id) => ({ type: 'user', id: `user:${id}` })),
      ...teams.map(({ name }) => ({ type: 'team', id: `team:${name}` })),
      ...schedules.map(({ name }) => ({ type: 'schedule', id: `schedule:${name}` })),
    ];
    const keys = policies.map(({ name, isChosen }, i) => (isChosen ? `chosen-${i}` : name));
    const policyOf =
      keys.length > 0 ? fc.option(fc.constantFrom(...keys.map((key) => `policy:${key}`))) : fc.constant(null);
    return fc.record({
      tocsin: fc.constant(1),
      roles: subset(['night', 'day'], 2).map((names) =>
        names.map((name) => ({ name, permissions: ['oncall.read'], inherits: ['viewer'] })),
      ),
      users: fc.constant(
        PEOPLE.map((username) => ({ username, displayName: username.toUpperCase(), roles: ['operator'] })),
      ),
      teams: fc.tuple(...teams.map(() => subset(PEOPLE, 2))).map((members) =>
        teams.map((team, i) => ({
          ...team,
          ...(i > 0 && { parentId: `team:${teams[0]?.name}` }),
          members: members[i]?.map((id) => ({ userId: `user:${id}`, role: 'lead' })) ?? [],
        })),
      ),
      schedules: fc.constant(schedules),
      policies: fc
        .tuple(...policies.map(() => fc.uniqueArray(fc.constantFrom(...targets), { minLength: 1, maxLength: 3 })))
        .map((all) =>
          policies.map(({ name, repeat, isChosen, minutes }, i) => ({
            ...(isChosen && { id: `chosen-${i}` }),
            name,
            repeat,
            steps: [{ targets: all[i], escalateAfterMinutes: minutes }],
          })),
        ),
      services: named(fc.record({ policyId: policyOf, labels: fc.constantFrom({}, { userId: 'user:ana' }) })).map(
        (all) =>
          // The last ones need the first, which come after them.
          all.map((service, i) => ({ ...service, dependsOn: all.slice(i + 1).map(({ name }) => `service:${name}`) })),
      ),
      monitors: named(
        fc.record({
          check: fc.constantFrom<Record<string, unknown>>(
            { type: 'tcp', host: 'db.example.com', port: 5432 },
            { type: 'http', url: 'https://shop.example.com/health' },
          ),
          severity: fc.constantFrom('critical', 'warning'),
          maintenance: fc.constantFrom([], [{ from: '2032-01-01T10:00:00Z', to: '2032-01-01T11:00:00Z' }]),
        }),
      ).map(
        // A heartbeat cannot become another kind of monitor, so it follows from the name.
        (all) => all.map((each) => (each.name.length % 2 === 0 ? each : { ...each, check: HEARTBEAT })),
      ),
      integrations: named(fc.record({ severities: fc.constantFrom({}, { P1: 'error' }), enabled: fc.boolean() })).map(
        // The type of a thing that is there already cannot be changed, so it follows from the name.
        (all) => all.map((each) => ({ ...each, type: each.name.length % 2 === 0 ? 'pagerduty' : 'opsgenie' })),
      ),
      rules: named(
        fc.record({
          severity: fc.constant('error'),
          condition: fc.constantFrom(
            { type: 'threshold', metric: 'cpu', operator: '>', value: 5 },
            { type: 'all', conditions: [{ type: 'absence', metric: 'cpu' }] },
          ),
        }),
      ),
      incidentRules: fc.constantFrom(
        [],
        [{ id: 'default', name: 'All', match: { severities: ['critical'] }, groupBy: [] }],
        [
          { id: 'other', name: 'Other', groupBy: ['team'] },
          { name: 'Third', order: 7 },
        ],
      ),
      statusPages: fc.constantFrom(
        [],
        [{ id: 'acme', name: 'Acme', components: [{ id: 'shop', name: 'Shop', service: 'checkout' }] }],
      ),
      views: named(fc.record({ query: fc.constantFrom('filter=service%3Dx', '') })).map((all) =>
        all.map((view) => ({ list: 'alerts', ...view, shared: true })),
      ),
      silences: fc.constantFrom(
        [],
        [
          {
            matchers: [{ name: 'job', value: 'db', isRegex: false }],
            startsAt: '2032-01-01T10:00:00Z',
            endsAt: '2032-01-01T11:00:00Z',
            comment: 'later',
          },
        ],
      ),
      recurringSilences: fc.constantFrom(
        [],
        [
          {
            matchers: [{ name: 'job', value: 'batch', isRegex: false }],
            recurrence: {
              rule: 'FREQ=WEEKLY;BYDAY=SU',
              timeZone: 'Europe/Berlin',
              startsAt: '2026-01-04T02:00',
              durationMinutes: 60,
            },
          },
        ],
      ),
      routing: fc.record({
        rules: named(
          fc.record({
            conditions: fc.constantFrom([], [{ field: 'labels.team', test: 'is', values: ['user:ana'] }]),
            set: policyOf.map((policyId) => (policyId === null ? { severity: 'error' } : { policyId })),
          }),
        ),
        catchAll: policyOf.map((policyId) => ({ policyId: policyId ?? 'default' })),
      }),
      dashboards: fc.constantFrom(
        { items: [] },
        {
          items: [
            {
              id: 'one',
              title: 'One',
              tabs: [{ id: 'a', title: 'A', panels: [{ id: 'p', title: 'P', kind: 'state', of: 'health' }] }],
            },
          ],
        },
      ),
    });
  });

describe('export and apply', () => {
  test('an export, applied to another installation and exported there, is the same document; applied again it changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (wanted) => {
        const first = await apply(0, wanted, '--prune');
        expect(first.err).not.toContain('✘');
        expect(first.code).toBe(0);
        expect(await plan(0, wanted, '--prune')).toMatchObject({ create: 0, change: 0, delete: 0, changes: [] });
        const text = await exported(0);
        const second = await apply(1, text, '--prune');
        expect(second.err).not.toContain('✘');
        expect(await exported(1)).toBe(text);
        expect(await plan(1, text, '--prune')).toMatchObject({ changes: [] });
      }),
      { numRuns: 4, endOnFailure: true },
    );
  }, 300_000);

  test('a dry run says what differs, field by field, and changes nothing', async () => {
    const document = { tocsin: 1, teams: [{ name: 'Dry', description: 'one' }] };
    expect(await apply(0, document)).toMatchObject({ code: 0 });
    const other = { tocsin: 1, teams: [{ name: 'Dry', description: 'two' }] };
    const shown = await house(0).terminal.tocsin('apply', fileOf(other), '--dry-run');
    expect(shown.out).toContain('~ team Dry\n    description: one → two');
    expect(await plan(0, document)).toMatchObject({ changes: [] });
  });

  test('without --prune nothing is deleted; with it only in the sections that the document has', async () => {
    await apply(0, { tocsin: 1, teams: [{ name: 'Kept' }, { name: 'Gone' }], services: [{ name: 'untouched' }] });
    const fewer = { tocsin: 1, teams: [{ name: 'Kept' }] };
    expect((await apply(0, fewer)).out).toContain('team Gone  is not in the document, and stays');
    expect(await exported(0)).toContain('name: Gone');
    expect((await apply(0, fewer, '--prune')).out).toContain('- team Gone');
    const left = await exported(0);
    expect(left).not.toContain('name: Gone');
    expect(left).toContain('name: untouched');
  });

  test('a reference to nothing, a misspelt field and an unknown section are refused before anything is changed', async () => {
    const wrong = await apply(0, {
      tocsin: 1,
      teams: [{ name: 'Half' }],
      services: [
        { name: 'w', teamId: 'team:Hafl' },
        { name: 'x', runbokUrl: 'https://x.example' },
      ],
    });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('names team:Hafl, which is nowhere') });
    expect(wrong.err).toContain('has no field runbokUrl. Did you mean runbookUrl?');
    const within = await apply(0, {
      tocsin: 1,
      policies: [{ name: 'Deep', steps: [{ targets: [{ type: 'user', id: 'user:admin' }], escalateAfterMinute: 5 }] }],
      routing: { rule: [] },
    });
    expect(within).toMatchObject({ code: 2 });
    expect(within.err).toContain('policy Deep, steps[0], has no field escalateAfterMinute');
    expect(within.err).toContain('routing has no field rule. Did you mean rules?');
    expect(await exported(0)).not.toContain('name: Half');
    expect(await apply(0, { tocsin: 1, team: [] })).toMatchObject({
      code: 2,
      err: expect.stringContaining('mean teams?'),
    });
    expect(await apply(0, 'a: [')).toMatchObject({ code: 2 });
  });

  test('a failure in the middle says what was done, and the next run does the rest', async () => {
    const team = { name: 'Midway' };
    const broken = {
      tocsin: 1,
      teams: [team],
      services: [{ name: 'midway', teamId: 'team:Midway', runbookUrl: 'no link' }],
    };
    const first = await apply(0, broken);
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining('✘ service midway') });
    expect(first.out).toContain('1 done, 1 failed.');
    const mended = { tocsin: 1, teams: [team], services: [{ name: 'midway', teamId: 'team:Midway' }] };
    expect(await plan(0, mended)).toMatchObject({ create: 1, change: 0 });
    expect(await apply(0, mended)).toMatchObject({ code: 0 });
  });

  test('keys and first passwords are shown once, and are in no export', async () => {
    const made = await apply(0, {
      tocsin: 1,
      users: [{ username: 'eva', roles: ['viewer'] }],
      integrations: [{ type: 'pagerduty', name: 'shown once' }],
    });
    const [, password = ''] = /users eva: first password (\S+)/.exec(made.out) ?? [];
    const [, key = ''] = /integrations shown once: key (\S+)/.exec(made.out) ?? [];
    expect([password.length, key.length].every((length) => length > 15)).toBe(true);
    const text = await exported(0);
    expect(text).not.toContain(password);
    expect(text).not.toContain(key);
  });

  test('without a person who agrees nothing is changed', async () => {
    const file = fileOf({ tocsin: 1, teams: [{ name: 'Unasked' }] });
    expect(await house(0).terminal.tocsin('apply', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    expect(await exported(0)).not.toContain('Unasked');
  });
});

describe('import', () => {
  const fixtures = join(repository, 'test/fixtures/moving');
  const sourceOf = (vendor: string): string =>
    vendor === 'opsgenie' ? join(fixtures, vendor) : join(fixtures, vendor, 'export.json');
  const imported = (vendor: string, ...flags: readonly string[]): Promise<Outcome> =>
    house(1).terminal.tocsin(
      ...['import', vendor, '--from', sourceOf(vendor), '--record', join(folder, `${vendor}.json`), ...flags],
    );
  const undone = (vendor: string): Promise<Outcome> =>
    house(1).terminal.tocsin('import', 'undo', vendor, '--record', join(folder, `${vendor}.json`), '--yes');

  test.each(['opsgenie', 'pagerduty', 'oncall', 'goalert'])(
    'of %s: a dry run changes nothing, a second run finds all as it should be, and an undo leaves what was before',
    async (vendor) => {
      const before = await exported(1);
      const dry = await imported(vendor, '--dry-run');
      expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/changes meaning|lost/) });
      expect(await exported(1)).toBe(before);
      const first = await imported(vendor, '--yes');
      expect(first.err).not.toContain('✘');
      expect(first).toMatchObject({ code: 0, out: expect.stringContaining('IS NOW') });
      expect((await imported(vendor, '--yes')).out).toMatch(/0 to create, 0 to change, 0 to delete/);
      const record = readFileSync(join(folder, `${vendor}.json`), 'utf8');
      for (const [, secret = ''] of first.out.matchAll(/: (?:first password|key|ping) (\S+)$/gm))
        expect(record).not.toContain(secret);
      expect(await undone(vendor)).toMatchObject({ code: 0 });
      expect(await exported(1)).toBe(before);
    },
    120_000,
  );

  test('afterwards says for the next 30 days, hour by hour, who is on call in both, from the answers of the API', async () => {
    expect(await imported('pagerduty', '--yes')).toMatchObject({
      code: 0,
      out: expect.stringContaining('no difference'),
    });
    const compare = (...flags: readonly string[]) =>
      house(1).terminal.tocsin('import', 'compare', 'pagerduty', '--from', sourceOf('pagerduty'), ...flags);
    expect(await compare()).toMatchObject({ code: 0 });
    const [same] = (await compare('--json', '--hours')).json<[{ readonly hourly: readonly unknown[] }]>();
    expect(same.hourly).toHaveLength(720);
    const schedules = await listed<{ readonly id: string; readonly name: string }>('/api/oncall/schedules');
    const schedule = schedules.find(({ name }) => name === 'Primary');
    const users = await listed<{ readonly id: string; readonly username: string }>('/api/users');
    const from = new Date(Math.ceil(house(1).tocsin.runtime.clock.now() / 3_600_000) * 3_600_000);
    const override = {
      kind: 'replace',
      userId: users.find(({ username }) => username === 'admin')?.id,
      from: from.toISOString(),
      to: new Date(from.getTime() + 3 * 3_600_000).toISOString(),
    };
    await inTime(201, (admin) => admin.post(`/api/oncall/schedules/${schedule?.id}/overrides`, override));
    const differing = await compare();
    expect(differing).toMatchObject({ code: 1, out: expect.stringContaining('3 hours differ') });
    expect(differing.out).toContain('new: admin');
  }, 120_000);

  test('an undo keeps what people have changed since, and says so', async () => {
    const services = await listed<Record<string, unknown>>('/api/services');
    const { id, version } = services.find(({ name }) => name === 'checkout') ?? {};
    const changed = { name: 'checkout', description: 'ours', version };
    await inTime(200, (admin) => admin.call('PUT', `/api/services/${id}`, changed));
    const { out, code } = await undone('pagerduty');
    expect(out).toContain('service checkout  was changed since the import, and stays as it is');
    expect(code).toBe(0);
    const left = await exported(1);
    expect(left).toContain('description: ours');
    expect(left).not.toContain('name: Primary');
  }, 120_000);

  test('people who are there already keep their roles and names', async () => {
    await apply(1, { tocsin: 1, users: [{ username: 'ben@example.com', displayName: 'Benedict', roles: ['admin'] }] });
    expect((await imported('opsgenie', '--yes')).code).toBe(0);
    expect(await exported(1)).toContain('displayName: Benedict');
    await undone('opsgenie');
    expect(await exported(1)).toContain('displayName: Benedict');
  }, 120_000);

  test('an old system that nobody knows, and an export that is none, are refused with what to do', async () => {
    expect(await house(1).terminal.tocsin('import', 'xmatters', '--from', '.')).toMatchObject({ code: 2 });
    expect(await house(1).terminal.tocsin('import', 'opsgenie', '--from', '/nowhere')).toMatchObject({
      code: 2,
      err: expect.stringContaining('moving-in'),
    });
    expect(await house(1).terminal.tocsin('import', 'opsgenie', '--from', 'https://api.opsgenie.com')).toMatchObject({
      code: 2,
      err: expect.stringContaining('OPSGENIE_API_KEY'),
    });
  });
});
