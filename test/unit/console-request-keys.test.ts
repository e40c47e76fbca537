import { expect, test } from 'vitest';
import { requestKeys } from '../../web/src/api/request-keys.ts';

const post = (path: string, body: object = {}, method = 'POST') =>
  new Request(`https://tocsin.example${path}`, { method, body: JSON.stringify(body) });

/** What a page sends, by the keys of its requests. The backend answers as the test says. */
const page = () => {
  const keys: (string | null)[] = [];
  const waits: number[] = [];
  const send = requestKeys(async (ms) => void waits.push(ms));
  const submit = (request: Request, answer: () => Response | Promise<Response>) =>
    send(request, async (sent) => {
      keys.push(sent.headers.get('idempotency-key'));
      return answer();
    });
  return { keys, waits, submit };
};
const DONE = () => new Response('{}', { status: 200 });
const LOST = () => Promise.reject(new Error('no answer'));
const UNDER_WAY = () =>
  new Response(JSON.stringify({ code: 'idempotency.in_progress' }), { status: 409, headers: { 'retry-after': '1' } });

test('a double click sends one key, and both get the answer of the first', async () => {
  const { keys, waits, submit } = page();
  const mayEnd = Promise.withResolvers<Response>();
  const first = submit(post('/api/notes', { text: 'a' }), () => mayEnd.promise);
  const answers = [UNDER_WAY, DONE];
  const second = submit(post('/api/notes', { text: 'a' }), () => (answers.shift() ?? DONE)());
  expect((await second).status).toBe(200);
  mayEnd.resolve(DONE());
  await first;
  expect(new Set(keys).size).toBe(1);
  expect(keys).toHaveLength(3);
  expect(waits).toEqual([1000]);
});

test('a change whose answer was lost is sent again with its key', async () => {
  const { keys, submit } = page();
  await expect(submit(post('/api/notes'), LOST)).rejects.toThrow('no answer');
  await submit(post('/api/notes'), DONE);
  expect(keys[0]).toHaveLength(40);
  expect(keys[1]).toBe(keys[0]);
});

test('the same change later, or another one, has a new key', async () => {
  const { keys, submit } = page();
  await submit(post('/api/notes'), DONE);
  await submit(post('/api/notes'), DONE);
  await submit(post('/api/notes', { text: 'b' }), DONE);
  await submit(post('/api/tasks'), DONE);
  expect(new Set(keys).size).toBe(4);
});

test('a change whose answer was lost has a new key once another change was answered', async () => {
  const { keys, submit } = page();
  await submit(post('/api/alerts/1/acknowledge'), LOST).catch(() => undefined);
  await submit(post('/api/alerts/1/unacknowledge'), DONE);
  await submit(post('/api/alerts/1/acknowledge'), DONE);
  expect(keys[2]).not.toBe(keys[0]);
});

test.each([
  ['a login', post('/api/auth/login')],
  ['a preview', post('/api/monitoring/silences/preview')],
  ['questions about metrics', post('/api/monitoring/metrics/queries')],
  ['a PUT', post('/api/roles/a', {}, 'PUT')],
])('%s has no key', async (_, request) => {
  const { keys, submit } = page();
  await submit(request, DONE);
  expect(keys).toEqual([null]);
});
