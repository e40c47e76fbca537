import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, startNight, step, type Night, type Person } from '../support/night.ts';
import type { Client, Tocsin } from '../support/tocsin.ts';

/*
 * The nights begin shortly before three on the last Sunday of October in Berlin, where clocks are put back from three to
 * two: that hour comes twice.
 */
const STARTS_AT = new Date('2027-10-31T00:56:00Z');
const ANA = '+4915100000001';
const BEN = '+4915100000002';

let night: Night;
let tocsin: Tocsin;
let admin: Client;
let ana: Person;
let ben: Person;
let ids: { readonly ana: string; readonly ben: string };

beforeAll(async () => {
  night = await startNight(STARTS_AT);
  ({ tocsin, admin } = night);
  ana = await night.person('ana', ANA);
  ben = await night.person('ben', BEN);
  ids = { ana: ana.id, ben: ben.id };
  await night.escalateBy('default', [step([ana]), step([ben])], { repeat: 1, acknowledgementTimeoutMinutes: 3 });
});
afterAll(() => night.stop());

test('an hour comes twice: ana’s turn ends when her time comes first, and she is not paged when it comes again', async () => {
  const layer = { rotation: { type: 'daily' }, handOff: '00:00', start: '2027-10-20' };
  const until = [{ type: 'daily', from: '02:00', to: '02:58' }];
  const { id } = done(
    await admin.post<{ id: string }>('/api/oncall/schedules', {
      name: 'Berlin nights',
      timeZone: 'Europe/Berlin',
      layers: [
        { ...layer, name: 'Nights', users: [ids.ben] },
        { ...layer, name: 'Until two minutes to three', users: [ids.ana], restrictions: until },
      ],
    }),
    201,
  );
  await night.policy('clocks', [step([{ type: 'schedule', id }])]);
  const pagedAt = async (at: string): Promise<string[]> => {
    await night.pass(Math.max(0, (Date.parse(at) - night.now().getTime()) / 1000));
    const alert = await night.raise(`Rang at ${at}`, { service: 'clocks' });
    await night.act(admin, alert, 'resolve');
    return night.told(`Rang at ${at}`);
  };
  expect(await pagedAt('2027-10-31T00:56:00Z')).toEqual(['ana']);
  expect(await pagedAt('2027-10-31T00:58:05Z')).toEqual(['ben']);
  // It is two o'clock again.
  expect(await pagedAt('2027-10-31T01:00:40Z')).toEqual(['ben']);
}, 60_000);

test('nobody ever answers: all steps are gone through twice, each pages once, and the end of it is visible', async () => {
  const title = 'Nobody hears this';
  const id = await night.raise(title);
  await night.pass(260);
  expect([await night.sentTo(ANA, title), await night.sentTo(BEN, title)].map(({ length }) => length)).toEqual([2, 2]);
  expect((await night.pages(id)).escalation.status).toBe('exhausted');
}, 60_000);

test('who acknowledges and falls asleep: after three minutes the acknowledgement is over, and ana is paged again', async () => {
  const title = 'Slept over';
  const id = await night.raise(title);
  expect((await admin.post(`/api/monitoring/alerts/${id}/acknowledge`)).status).toBe(200);
  await night.pass(160);
  expect(await night.sentTo(ANA, title)).toHaveLength(1);
  await night.pass(80);
  expect(await night.sentTo(ANA, title)).toHaveLength(2);
  const { body } = await admin.get<{ status: string; timeline: { note?: string }[] }>(`/api/monitoring/alerts/${id}`);
  expect(body.status).toBe('open');
  expect(body.timeline.map(({ note }) => note)).toContain('The acknowledgement has lasted for 3 minutes.');
  await admin.post(`/api/monitoring/alerts/${id}/resolve`);
}, 60_000);

test('ana sleeps: a warning waits until her quiet hours are over, what is critical does not', async () => {
  // Her last pages are long ago, so nothing joins a digest.
  await night.pass(60);
  const { body: contacts } = await admin.get<{ items: { id: string }[] }>(`/api/users/${ids.ana}/contacts`);
  const everywhere = contacts.items.map(({ id: contactId }) => ({ contactId, delayMinutes: 0 }));
  const now = new Date(tocsin.runtime.clock.now());
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString().slice(11, 16);
  const rules = await admin.call('PUT', `/api/users/${ids.ana}/notification-rules`, {
    high: everywhere,
    low: everywhere,
    quietHours: { from: at(-60), to: at(2), timeZone: 'UTC' },
    version: 0,
  });
  expect(rules.status, JSON.stringify(rules.body)).toBe(200);
  await night.escalateBy('default', [step([ana], { escalateAfterMinutes: 600 })]);
  const urgent = await night.raise('This cannot wait');
  const { body: warning } = await admin.post<{ id: string }>('/api/monitoring/alerts', {
    title: 'This can wait',
    severity: 'warning',
  });
  await tocsin.runtime.idle();
  const counts = async () =>
    (await Promise.all(['This cannot wait', 'This can wait'].map((title) => night.sentTo(ANA, title)))).map(
      ({ length }) => length,
    );
  expect(await counts()).toEqual([1, 0]);
  const reason = expect.stringMatching(/^Quiet hours last until /) as unknown;
  expect((await night.pages(warning.id)).items).toMatchObject([{ status: 'planned', reason }]);
  await night.pass(180);
  expect(await counts()).toEqual([1, 1]);
  for (const id of [urgent, warning.id]) await admin.post(`/api/monitoring/alerts/${id}/resolve`);
}, 60_000);

test('a provider whose answer is lost after it sent: the page is sent again, and the ledger tells of both attempts', async () => {
  await night.pass(60);
  await night.escalateBy('default', [step([ben], { escalateAfterMinutes: 600 })]);
  const fault = { service: 'sns', operation: 'Publish', status: 503, afterwards: true, count: 2 };
  expect((await tocsin.as().post('/_local/faults', fault)).status).toBe(201);
  const title = 'Was it sent or not';
  const id = await night.raise(title);
  await night.pass(20);
  await tocsin.as().call('DELETE', '/_local/faults');
  const attempts = (await night.pages(id)).items[0]?.attempts ?? 0;
  expect((await night.pages(id)).items).toMatchObject([{ userId: ids.ben, status: 'sent' }]);
  // SMS knows no idempotency keys: each attempt that was accepted is a message, and each says the same.
  const texts = (await night.sentTo(BEN, title)).map(({ text }) => text);
  expect(texts).toHaveLength(attempts);
  expect(new Set(texts).size).toBe(1);
  await admin.post(`/api/monitoring/alerts/${id}/resolve`);
}, 60_000);
