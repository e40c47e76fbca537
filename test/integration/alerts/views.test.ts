import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface, type Deps } from '../../../functions/alerts/http.ts';
import { alertsDeps, alertsIn, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { invoke } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let deps: Deps;
const handler = surface(() => deps);
beforeAll(async () => {
  dynamo = await startDynamo();
  const { tableName } = await alertsIn(dynamo);
  deps = alertsDeps(dynamo.client, tableName, standingClock());
});
afterAll(() => dynamo.stop());

const PATH = '/api/monitoring/views';
const READER = ['monitoring.alert.read'];
const OPERATOR = [...READER, 'monitoring.alert.acknowledge'];
const person = (permissions: readonly string[] = OPERATOR) => {
  const id = `usr_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
  return { kind: 'user' as const, id, name: id.slice(4, 9), permissions: [...permissions] };
};
type Person = ReturnType<typeof person>;
const VIEW = { list: 'alerts', name: 'Payments 🔥 مدفوعات', query: 'filter=service%3Dcheckout&sort=-last' };
const create = (caller: Person, over: object = {}) =>
  invoke(handler, `POST ${PATH}`, { caller, body: { ...VIEW, ...over } });
const replace = (caller: Person, id: string, over: object = {}) => {
  const { list: _, ...view } = VIEW;
  return invoke(handler, `PUT ${PATH}/{id}`, {
    caller,
    params: { id },
    body: { version: 1, ...view, shared: false, ...over },
  });
};
const remove = (caller: Person, id: string) => invoke(handler, `DELETE ${PATH}/{id}`, { caller, params: { id } });
const idsOf = async (caller: Person, query: Record<string, string> = {}): Promise<string[]> =>
  (await invoke(handler, `GET ${PATH}`, { caller, query })).body.items.map(({ id }: { id: string }) => id);

describe('200, 201 and 204', () => {
  it('a view is its owner’s alone until it is shared, and then everybody’s to read', async () => {
    const [ana, ben] = [person(READER.concat('monitoring.alert.acknowledge')), person(READER)];
    const { status, body } = await create(ana);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...VIEW, shared: false, mine: true, version: 1, owner: { id: ana.id } });
    expect(await idsOf(ben)).not.toContain(body.id);
    expect((await replace(ana, body.id, { shared: true })).body).toMatchObject({ shared: true, version: 2 });
    const [seen] = (await invoke(handler, `GET ${PATH}`, { caller: ben })).body.items.filter(
      ({ id }: { id: string }) => id === body.id,
    );
    expect(seen).toMatchObject({ name: VIEW.name, mine: false, owner: { name: ana.name } });
    expect((await replace(ana, body.id, { version: 2, shared: false })).status).toBe(200);
    expect(await idsOf(ben)).not.toContain(body.id);
    expect(await idsOf(ana)).toEqual(expect.arrayContaining([body.id]));
    expect((await remove(ana, body.id)).status).toBe(204);
    expect(await idsOf(ana)).not.toContain(body.id);
  });

  it('views are of one list, by name', async () => {
    const ana = person();
    const b = (await create(ana, { name: 'b' })).body.id;
    const a = (await create(ana, { name: 'a' })).body.id;
    const other = (await create(ana, { list: 'incidents' })).body.id;
    expect((await idsOf(ana, { list: 'alerts' })).filter((id) => [a, b, other].includes(id))).toEqual([a, b]);
  });

  it('those who set Tocsin up may delete a shared view of somebody who left', async () => {
    const { body } = await create(person(), { shared: true });
    expect((await remove(person([...READER, 'monitoring.config.update']), body.id)).status).toBe(204);
  });
});

describe('refusals', () => {
  it('400: a query that is more than what follows the question mark, or a name of blanks', async () => {
    for (const over of [
      { query: 'a#b' },
      { query: 'https://x/?a' },
      { name: '  ' },
      { list: 'users' },
      { query: 'x'.repeat(4_001) },
    ]) {
      expect((await create(person(), over)).status, JSON.stringify(over).slice(0, 60)).toBe(400);
    }
  });

  it('403: sharing without the permission, and the shared view of somebody else', async () => {
    expect((await create(person(READER), { shared: true })).body).toMatchObject({ code: 'view.sharing' });
    const ana = person();
    const { id } = (await create(ana, { shared: true })).body;
    expect((await replace(person(), id)).body).toMatchObject({ code: 'view.not_yours' });
    expect((await remove(person(), id)).body).toMatchObject({ code: 'view.not_yours' });
  });

  it('404: the own view of somebody else', async () => {
    const { id } = (await create(person())).body;
    expect((await replace(person(), id)).body).toMatchObject({ code: 'view.not_found' });
    expect((await remove(person(), id)).status).toBe(404);
  });

  it('409: of two changes at once the second, also where one of them shares', async () => {
    const ana = person();
    const { id } = (await create(ana)).body;
    const both = await Promise.all([replace(ana, id, { name: 'x' }), replace(ana, id, { shared: true })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await idsOf(ana)).filter((each) => each === id)).toHaveLength(1);
  });

  it('409: more than fifty of one person', async () => {
    const ana = person();
    for (let i = 0; i < 50; i++) expect((await create(ana)).status).toBe(201);
    expect((await create(ana)).body).toMatchObject({ code: 'view.limit' });
  });
});
