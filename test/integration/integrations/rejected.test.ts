import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http.ts';
import { surface as resourcesSurface } from '../../../functions/integrations/http/resources.ts';
import { MOST_REJECTED } from '../../../functions/integrations/rejected/rejected.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let takes: ReturnType<typeof surface>;
let people: ReturnType<typeof resourcesSurface>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  const [deps, resources] = [ingest.container(), ingest.resources()];
  takes = surface(() => deps);
  people = resourcesSurface(() => resources);
});
afterAll(() => {
  dynamo.failWith(undefined);
  return dynamo.stop();
});

let names = 0;
/** An integration whose mapping finds no title in what its sender sends. */
const aSender = async () => {
  const name = `rejected ${++names}`;
  const wrong = { events: '$.list', key: '$.id', title: '$.title' };
  const made = await ingest.integration({ type: 'webhook', name, mapping: wrong });
  const { id, key } = made;
  const caller = { permissions: ['monitoring.config.read', 'monitoring.config.update'] };
  const replay = (ids?: readonly string[]) =>
    invoke(people, 'POST /api/integrations/{key}/rejected/replay', { params: { key: id }, body: { ids }, caller });
  return {
    id,
    key,
    replay,
    send: (body: unknown, headers: object = {}) =>
      invoke(takes, 'POST /api/integrations/{key}/webhook', {
        params: { key },
        body,
        headers: { 'content-type': 'application/json', ...headers },
      }),
    list: async (query: object = {}) =>
      (
        await invoke(people, 'GET /api/integrations/{key}/rejected', {
          params: { key: id },
          query: { ...query },
          caller,
        })
      ).body.items,
    mend: async (mapping: object = { ...wrong, title: '$.name' }) => {
      const { version } = (await ingest.integrations.byId(id)) ?? expect.fail(id);
      const body = { name, mapping, version };
      const answer = await invoke(people, 'PUT /api/integrations/{key}', { params: { key: id }, body, caller });
      expect(answer.status).toBe(200);
    },
    alerts: () => ingest.alertsOf(name),
  };
};

const message = (...events: readonly object[]) => ({ list: events });

describe('a rejected event', () => {
  it('is stored with its reason and without the key, and is listed newest first', async () => {
    const { send, list, key } = await aSender();
    expect((await send(message({ id: 'a', name: 'one', url: `https://x/${key}` }))).status).toBe(400);
    ingest.clock.advance(1000);
    await send('no json');
    const items = await list();
    expect(items).toMatchObject([
      { reason: 'The body is neither JSON nor a form.', replayable: true, state: 'rejected', body: 'no json' },
      { reason: 'The title finds nothing.', replayable: true, eventIds: [], replayedAt: null },
    ]);
    expect(JSON.stringify(items)).not.toContain(key);
  });

  it('is replayed by the mended mapping, once, and its receipt says what became of it', async () => {
    const { send, list, replay, mend, alerts } = await aSender();
    await send(message({ id: 'a', name: 'one' }));
    const [{ id }] = await list();
    expect((await replay([id])).body.items).toMatchObject([
      { id, outcome: 'rejected', why: 'The title finds nothing.' },
    ]);
    expect(await alerts()).toEqual([]);
    await mend();
    const { body } = await replay();
    expect(body).toMatchObject({ items: [{ id, outcome: 'replayed', eventIds: [expect.any(String)] }], left: false });
    // Again by its id, and all that wait.
    expect((await replay([id])).body.items).toEqual(body.items);
    expect((await replay()).body).toEqual({ items: [], left: false });
    expect(await alerts()).toMatchObject([{ title: 'one', count: 1, dedupKey: 'a' }]);
    expect(await list()).toMatchObject([{ id, state: 'replayed', eventIds: body.items[0].eventIds }]);
  });

  it('opens one alert where many replay it at once', async () => {
    const { send, replay, mend, alerts } = await aSender();
    await send(message({ id: 'a', name: 'one' }));
    await mend();
    const answers = await Promise.all(Array.from({ length: 5 }, () => replay()));
    const outcomes = answers.flatMap(({ body }) => body.items.map(({ outcome }: { outcome: string }) => outcome));
    expect(outcomes.filter((each) => each !== 'busy' && each !== 'replayed')).toEqual([]);
    expect(await alerts()).toMatchObject([{ count: 1 }]);
  });

  it('of a message with accepted ones is replayed alone, and an alert that was resolved since stays so', async () => {
    const { send, replay, mend, alerts } = await aSender();
    await send(message({ id: 'good', title: 'good' }, { id: 'bad', name: 'bad' }));
    expect(await alerts()).toMatchObject([{ dedupKey: 'good' }]);
    await mend({ events: '$.list', key: '$.id', title: { from: ['$.title', '$.name'] } });
    await replay();
    const counts = Object.fromEntries((await alerts()).map(({ dedupKey, count }) => [dedupKey, count]));
    expect(counts).toEqual({ good: 1, bad: 1 });
  });

  it('is replayed with the header that its mapping reads, and in the order in which it came', async () => {
    const { send, replay, mend, alerts } = await aSender();
    await send({ id: 'a', name: 'first' }, { 'x-event': 'one' });
    ingest.clock.advance(1000);
    await send({ id: 'a', name: 'second' }, { 'x-event': 'two' });
    await mend({
      key: '$.id',
      title: '$.name',
      description: 'header.x-event',
      resolve: { value: 'header.x-event', is: 'two' },
    });
    expect((await replay()).body.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'replayed',
      'replayed',
    ]);
    expect(await alerts()).toMatchObject([{ title: 'first', description: 'one', status: 'resolved' }]);
  });

  it('is stored cut where it is very long, and is not replayed', async () => {
    const { send, list, replay } = await aSender();
    await send(message({ id: 'a', text: 'ä'.repeat(140_000) }));
    const [{ id, replayable, body }] = await list();
    expect({ replayable, chars: body.length }).toEqual({ replayable: false, chars: 2_000 });
    expect((await replay([id])).body.items).toMatchObject([{ outcome: 'too_long' }]);
    expect((await replay(['rej_000000000099'])).body.items).toMatchObject([{ outcome: 'gone' }]);
  });

  it('goes where 200 later ones came, a hundred in a minute of one container at most, and 25 are replayed at once', async () => {
    const { send, list, mend, replay } = await aSender();
    const each = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, at) => send(message({ id: `${at}`, name: 'x' }))));
    await each(110);
    expect(await list({ limit: '100' })).toHaveLength(100);
    ingest.clock.advance(60_000);
    await each(100);
    ingest.clock.advance(60_000);
    await each(1);
    const newest = await list({ limit: '1' });
    expect(newest[0].id).toBe(`rej_${String(MOST_REJECTED + 1).padStart(12, '0')}`);
    expect((await replay(['rej_000000000001'])).body.items).toMatchObject([{ outcome: 'gone' }]);
    await mend();
    const { items, left } = (await replay()).body;
    expect({ count: items.length, first: items[0].id, left }).toEqual({
      count: 25,
      first: 'rej_000000000002',
      left: true,
    });
  });

  it('404: an integration that does not exist', async () => {
    const params = { key: 'itg_01jd3v8m2k7q4xh2g8vq0p1m9d' };
    const caller = { permissions: ['monitoring.config.read', 'monitoring.config.update'] };
    expect((await invoke(people, 'GET /api/integrations/{key}/rejected', { params, caller })).status).toBe(404);
    expect((await invoke(people, 'POST /api/integrations/{key}/rejected/replay', { params, caller })).status).toBe(404);
  });
});
