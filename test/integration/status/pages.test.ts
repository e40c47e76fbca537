import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statusStores } from '../../../functions/status/deps.ts';
import { surface } from '../../../functions/status/http.ts';
import { renderer } from '../../../functions/status/reactors/render.ts';
import { pageRefresher } from '../../../functions/status/rendering/refresh-pages.ts';
import { renderPage } from '../../../functions/status/rendering/render-page.ts';
import { STATUS_TABLE_SHAPE } from '../../../functions/status/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke, type Invocation } from '../../support/invoke.ts';
import { filesInMemory } from '../../support/status.ts';

Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });

const ana = { kind: 'user', id: 'usr_ana', name: 'ana', permissions: ['status.*'] } as const;
const ben = { ...ana, id: 'usr_ben', name: 'ben' } as const;

const DEFINITION = {
  name: 'Acme',
  components: [
    { id: 'checkout', name: 'Checkout', service: 'checkout' },
    { id: 'hotline', name: 'Hotline' },
  ],
};

let dynamo: TestDynamo;
let deps: Awaited<ReturnType<typeof made>>;
const made = async () => {
  const counts = { up: 1, down: 0, maintenance: 0, unknown: 0 };
  const world = { counts, isDark: false, incidents: new Map<string, boolean>() };
  const uptime = {
    counts: (subjects: readonly unknown[]) =>
      world.isDark ? Promise.reject(new Error('dark')) : Promise.resolve(subjects.map(() => world.counts)),
    timelines: (subjects: readonly unknown[]) => Promise.resolve(subjects.map(() => [])),
  };
  const statusTable = table(dynamo.client, await dynamo.table(STATUS_TABLE_SHAPE, 'status'));
  return {
    world,
    table: statusTable,
    clock: standingClock(),
    ...statusStores(statusTable),
    files: filesInMemory(),
    uptime,
    publicUrl: 'https://status.example/',
    takesSubscribers: true,
    jobs: { send: () => Promise.resolve(), sendAll: () => Promise.resolve() },
    secret: () => Promise.resolve({ key: 'k'.repeat(64), slackBotToken: '', slackSigningSecret: '' }),
    allowed: [],
    incidentIsVisible: (id: string) => Promise.resolve(world.incidents.get(id) ?? false),
  };
};

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  deps = await made();
});

type Call = Parameters<typeof invoke>[1];
const call = (route: Call, request: Invocation = {}) =>
  invoke(
    surface(() => deps),
    route,
    { caller: ana, ...request },
  );
const PAGE = '/api/status/pages/{id}';
const save = (body: object = {}, id = 'acme', more: Invocation = {}) =>
  call(`PUT ${PAGE}`, { params: { id }, body: { ...DEFINITION, version: 0, ...body }, ...more });
const publish = (body: object = {}, more: Invocation = {}) =>
  call(`POST ${PAGE}/incidents`, {
    params: { id: 'acme' },
    body: { title: 'Payments fail', text: 'We are looking.', ...body },
    ...more,
  });
const update = (notice: string, body: object, more: Invocation = {}) =>
  call(`POST ${PAGE}/notices/{notice}/updates`, { params: { id: 'acme', notice }, body, ...more });
const html = async (key = 'status/acme'): Promise<string> => {
  await renderPage(deps, 'acme');
  return deps.files.text(key);
};

describe('200', () => {
  test('a page is created, replaced with the version that was read, and rendered', async () => {
    expect((await save()).body).toMatchObject({ id: 'acme', version: 1, path: '/status/acme', hasToken: false });
    expect((await save({ name: 'Acme Inc', version: 1 })).body).toMatchObject({ version: 2, name: 'Acme Inc' });
    expect((await call('GET /api/status/pages')).body.items).toHaveLength(1);
    expect(await html()).toContain('Acme Inc');
  });

  test('the state of a component is what a person said, until it follows its monitors again', async () => {
    await save();
    const set = (state: string) =>
      call(`PUT ${PAGE}/components/{component}/state`, {
        params: { id: 'acme', component: 'checkout' },
        body: { state },
      });
    expect((await set('major_outage')).body.components[0].stated).toMatchObject({ state: 'major_outage', by: 'ana' });
    expect(await html()).toContain('Major outage');
    expect((await save({ version: 2 })).body.components[0].stated).toMatchObject({ state: 'major_outage' });
    expect((await set('automatic')).body.components[0].stated).toBeNull();
    expect(await html()).toContain('All systems operational');
  });
});

describe('201', () => {
  test('an incident becomes public with a text of its own, and its updates follow', async () => {
    await save();
    const { status, body } = await publish({
      impact: 'major',
      components: [{ id: 'checkout', state: 'partial_outage' }],
    });
    expect(status).toBe(201);
    const next = await update(body.id, { status: 'identified', text: 'A provider is down.', version: 1 });
    expect(next).toMatchObject({ status: 201, body: { status: 'identified', version: 2 } });
    const shown = await html();
    expect(shown).toContain('A provider is down.');
    expect(shown).toContain('Partial outage');
    await update(body.id, { status: 'resolved', text: 'It works again.', version: 2 });
    expect(await html()).toContain('All systems operational');
    expect(deps.files.text('status/acme/history')).toContain('It works again.');
  });

  test('a maintenance is announced, and ends before its time where a person says so', async () => {
    await save();
    const now = deps.clock.now().getTime();
    const [from, to] = [60_000, 7_200_000].map((ms) => new Date(now + ms).toISOString());
    const body = { title: 'Upgrade', text: 'An hour.', from, to, components: ['checkout'] };
    const planned = await call(`POST ${PAGE}/maintenance`, { params: { id: 'acme' }, body });
    expect(planned).toMatchObject({ status: 201, body: { status: 'scheduled', from, to } });
    expect(await html()).toContain('Planned maintenance');
    deps.clock.advance(61_000);
    expect(await html()).toContain('Maintenance in progress');
    await update(planned.body.id, { status: 'completed', text: 'Done early.', version: 1 });
    expect(await html()).toContain('All systems operational');
  });

  test('a notice stays as it is when the incident behind it is merged, closed or not to be found any more', async () => {
    await save();
    const incidentId = 'inc_01jd3v8m2k7q4xh2g8vq0p1m9e';
    deps.world.incidents.set(incidentId, true);
    const { body } = await publish({ incidentId });
    deps.world.incidents.clear();
    expect(await html()).toContain('We are looking.');
    const next = await update(body.id, { status: 'resolved', text: 'Over.', version: 1 });
    expect(next).toMatchObject({ status: 201, body: { incidentId, status: 'resolved' } });
  });
});

describe('204', () => {
  test('a notice that was published by mistake is taken off the page', async () => {
    await save();
    const { body } = await publish();
    const params = { id: 'acme', notice: body.id };
    expect((await call(`DELETE ${PAGE}/notices/{notice}`, { params })).status).toBe(204);
    expect(await html()).not.toContain('Payments fail');
    expect((await call(`GET ${PAGE}/notices/{notice}`, { params })).status).toBe(404);
    expect((await call(`GET ${PAGE}/notices`, { params })).body.items).toEqual([]);
  });

  test('a deleted page says that there is none, and can be made again', async () => {
    await save();
    await html();
    expect((await call(`DELETE ${PAGE}`, { params: { id: 'acme' } })).status).toBe(204);
    expect(await html()).toContain('no status page at this address');
    deps.clock.advance(1_000);
    expect((await save()).body.version).toBe(3);
    expect(await html()).toContain('All systems operational');
  });

  test('a page that is made again shows no notice of the one before', async () => {
    await save();
    await publish();
    await call(`DELETE ${PAGE}`, { params: { id: 'acme' } });
    deps.clock.advance(1_000);
    await save();
    expect(await html()).not.toContain('Payments fail');
    expect((await call(`GET ${PAGE}/notices`, { params: { id: 'acme' } })).body.items).toEqual([]);
  });

  test('the badge of a component that is gone says nothing any more, wherever the page is and was', async () => {
    await save({ access: 'private' });
    const { path } = (await call(`POST ${PAGE}/token`, { params: { id: 'acme' } })).body;
    await html();
    expect(deps.files.text(`${path.slice(1)}/hotline.svg`)).toContain('Hotline');
    await save({ version: 2, access: 'public' });
    await html();
    expect(deps.files.text(`${path.slice(1)}/hotline.svg`)).toBe('');
    expect(deps.files.text('status/acme/hotline.svg')).toContain('Hotline');
    await save({ version: 3, components: [] });
    await html();
    expect(deps.files.text('status/acme/hotline.svg')).toBe('');
  });
});

describe('303', () => {
  test('the token of a private page leads to it; a former token does not, and its address says so', async () => {
    await save({ access: 'private' });
    const renew = () => call(`POST ${PAGE}/token`, { params: { id: 'acme' } });
    const open = (token: string) =>
      call(`POST ${PAGE}/open`, {
        params: { id: 'acme' },
        body: new URLSearchParams({ token }).toString(),
        caller: undefined,
      });
    const first = (await renew()).body;
    const { status, headers } = await open(first.token);
    expect(status).toBe(303);
    expect(headers['location']).toBe(first.path);
    expect(await html(first.path.slice(1))).toContain('Acme');
    const second = (await renew()).body;
    expect((await open(first.token)).status).toBe(403);
    expect(await html(first.path.slice(1))).toContain('no status page at this address');
    expect(deps.files.text(second.path.slice(1))).toContain('Acme');
  });
});

describe('403', () => {
  test('readers may not publish, and publishers may not change the page', async () => {
    await save();
    const reader = { caller: { ...ana, permissions: ['status.read'] } };
    const publisher = { caller: { ...ana, permissions: ['status.read', 'status.publish'] } };
    expect((await publish({}, reader)).body.code).toBe('auth.forbidden');
    expect((await publish({}, publisher)).status).toBe(201);
    expect((await save({ version: 1 }, 'acme', publisher)).body.code).toBe('auth.forbidden');
  });

  test('a wrong token, a public page and a page that does not exist are refused alike', async () => {
    await save();
    const refusals = await Promise.all(
      ['acme', 'nowhere'].map((id) =>
        call(`POST ${PAGE}/open`, { params: { id }, body: 'token=x', caller: undefined }),
      ),
    );
    const [one, other] = refusals.map(({ status, body: { instance: _, ...body } }) => ({ status, body }));
    expect(one).toEqual(other);
    expect(one).toMatchObject({ status: 403, body: { code: 'status_page.token' } });
  });
});

describe('404', () => {
  test('a page, a component, a notice and an incident that are not there or not to be seen', async () => {
    const codes = async () => [
      (await publish()).body.code,
      (await update('ntc_01jd3v8m2k7q4xh2g8vq0p1m9d', { status: 'resolved', text: 'x', version: 1 })).body.code,
    ];
    expect(await codes()).toEqual(['status_page.not_found', 'status_page.not_found']);
    await save();
    expect((await publish({ components: [{ id: 'cart', state: 'degraded' }] })).body.code).toBe('component.not_found');
    expect((await publish({ incidentId: 'inc_01jd3v8m2k7q4xh2g8vq0p1m9e' })).body.code).toBe('incident.not_found');
    expect((await codes())[1]).toBe('notice.not_found');
  });
});

describe('a client whose answer was lost', () => {
  test('publishes once, and an incident has one open notice on a page', async () => {
    await save();
    const incidentId = 'inc_01jd3v8m2k7q4xh2g8vq0p1m9e';
    deps.world.incidents.set(incidentId, true);
    const first = await publish();
    expect((await publish()).body.id).toBe(first.body.id);
    expect((await publish({}, { caller: ben })).body.id).not.toBe(first.body.id);
    const both = await Promise.all([
      publish({ title: 'One', incidentId }),
      publish({ title: 'Other', incidentId }, { caller: ben }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const made = both.find(({ status }) => status === 201)?.body;
    const refused = both.find(({ status }) => status === 409)?.body;
    expect(refused).toMatchObject({ code: 'notice.published', noticeId: made.id });
    await update(made.id, { status: 'resolved', text: 'Over.', version: 1 });
    expect((await publish({ title: 'Again', incidentId })).status).toBe(201);
  });
});

describe('409', () => {
  test('two people at once: the second update is refused, and says who was first', async () => {
    await save();
    const { body } = await publish();
    const both = await Promise.all([
      update(body.id, { status: 'identified', text: 'One.', version: 1 }),
      update(body.id, { status: 'resolved', text: 'Other.', version: 1 }, { caller: ben }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const refused = both.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'notice.changed' });
    expect(refused?.body.detail).toMatch(/^(ana|ben) added an update at /);
    const { updates } = (await call(`GET ${PAGE}/notices/{notice}`, { params: { id: 'acme', notice: body.id } })).body;
    expect(updates).toHaveLength(2);
  });

  test('a page of another version, and an update of the other kind', async () => {
    await save();
    expect((await save()).body.code).toBe('status_page.changed');
    const { body } = await publish();
    expect((await update(body.id, { status: 'completed', text: 'x', version: 1 })).body.code).toBe('notice.status');
  });
});

describe('rendering', () => {
  test('an older rendering that arrives late replaces nothing', async () => {
    await save();
    const late = deps.pages.takeRevision('acme', deps.clock.now());
    const revision = await late;
    await publish({ title: 'New' });
    await html();
    const { files } = deps;
    const before = files.text('status/acme');
    const file = { key: 'status/acme', body: 'old', contentType: 'text/html', maxAgeSeconds: 1, tellsTime: true };
    expect(await files.putFile(revision, file)).toBe(false);
    expect(files.text('status/acme')).toBe(before);
  });

  test('pages go on after the table was restored, and its numbers with it', async () => {
    await save();
    const { item } = await deps.table.update<object>({
      key: { part: 'RENDERED', item: 'acme' },
      set: { revision: deps.clock.now().getTime() + 5_000 },
    });
    expect(item).toBeDefined();
    await html();
    await deps.table.update({ key: { part: 'RENDERED', item: 'acme' }, set: { revision: 1 } });
    deps.clock.advance(60_000);
    await publish({ title: 'After the restore' });
    expect(await html()).toContain('After the restore');
  });

  test('one that dies half way leaves whole files, and the next one writes the others', async () => {
    await save();
    await html();
    await publish({ title: 'Half' });
    const { putFile } = deps.files;
    let left = 3;
    const dying = {
      ...deps,
      files: {
        putFile: (...of: Parameters<typeof putFile>) =>
          left-- > 0 ? putFile(...of) : Promise.reject(new Error('died')),
      },
    };
    await expect(renderPage(dying, 'acme')).rejects.toThrow('died');
    expect(deps.files.text('status/acme')).toMatch(/^<!doctype html>.*<\/html>$/s);
    expect(deps.files.text('status/acme')).not.toContain('Half');
    expect(await html()).toContain('Half');
  });

  test('while monitors cannot be read, what people wrote is shown', async () => {
    await save();
    await publish();
    deps.world.isDark = true;
    expect(await html()).toContain('We are looking.');
    expect(deps.files.text('status/acme.json')).toContain('"state":"unknown"');
  });

  test('a write of a page or a notice renders its page, and others render nothing', async () => {
    await save();
    const react = renderer(() => ({
      ...deps,
      sqs: { send: () => Promise.reject(new Error('poison')) },
      poisonQueueUrl: '',
    }));
    const record = (part: string, item: string) => ({
      dynamodb: { NewImage: { part: { S: part }, item: { S: item } }, SequenceNumber: '1' },
    });
    await react({ Records: [record('RENDERED', 'acme')] } as never);
    expect(deps.files.keys()).toEqual([]);
    await react({ Records: [record('NOTICE#acme', 'ntc_1')] } as never);
    expect(deps.files.keys()).toContain('status/acme');
  });

  test('each minute a page is rendered where a monitor changed, and otherwise once in five minutes', async () => {
    await save();
    const refresh = pageRefresher(() => deps);
    const asOf = () => JSON.parse(deps.files.text('status/acme.json')).at;
    await refresh();
    const first = asOf();
    deps.clock.advance(60_000);
    await refresh();
    expect(asOf()).toBe(first);
    deps.world.counts = { up: 0, down: 1, maintenance: 0, unknown: 0 };
    await refresh();
    expect(asOf()).not.toBe(first);
    const second = asOf();
    expect(deps.files.text('status/acme/checkout.svg')).toContain('Major outage');
    deps.clock.advance(300_000);
    await refresh();
    expect(asOf()).not.toBe(second);
  });
});
