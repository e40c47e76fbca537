import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, nightOn, step, type Night, type Person } from '../support/night.ts';
import { startTocsin } from '../support/tocsin.ts';

/*
 * A new account runs ten functions at the same time. All others are throttled: requests are answered 503, and records, messages and
 * events wait.
 */
const EXECUTIONS = 10;
const ALERTS = 120;
const SENDERS = 20;

interface Page {
  readonly items: readonly { readonly id: string; readonly title: string }[];
  readonly next: string | null;
}

let night: Night;
let ana: Person;

beforeAll(async () => {
  const tocsin = await startTocsin({ concurrency: EXECUTIONS });
  night = await nightOn(tocsin);
  ana = await night.person('ana', '+4915100000001');
  await night.policy('shop', [step([ana], { escalateAfterMinutes: 30 })]);
});
afterAll(() => night.stop());

test('a storm of alerts in an account with ten executions loses nothing, and pages once for each', async () => {
  const titles = Array.from({ length: ALERTS }, (_, i) => `Till ${i} is down`);
  const answered = new Map<number, number>();
  /** As a sender does: until it is answered 2xx. */
  const raise = async (title: string): Promise<void> => {
    for (;;) {
      const { status } = await night.admin.post('/api/monitoring/alerts', {
        title,
        dedupKey: title,
        severity: 'critical',
        service: 'shop',
      });
      answered.set(status, (answered.get(status) ?? 0) + 1);
      if (status < 300) return;
      expect([429, 500, 502, 503, 504]).toContain(status);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const waiting = [...titles];
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let title = waiting.pop(); title !== undefined; title = waiting.pop()) await raise(title);
    }),
  );
  // The limit was felt.
  expect(answered.get(503) ?? 0, JSON.stringify([...answered])).toBeGreaterThan(0);
  for (let minute = 0; minute < 10; minute++) await night.pass(60);

  const found: { readonly id: string; readonly title: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = done(
      await night.admin.get<Page>(`/api/monitoring/alerts?limit=100${cursor && `&cursor=${cursor}`}`),
      200,
    );
    found.push(...page.items.filter(({ title }) => title.startsWith('Till ')));
    cursor = page.next;
  }
  expect(found.map(({ title }) => title).toSorted()).toEqual(titles.toSorted());

  const sent = new Map<string, number>();
  for (const { text } of (await night.outbox()).filter(({ to }) => to === ana.phone))
    sent.set(text, (sent.get(text) ?? 0) + 1);
  expect([...sent].filter(([, times]) => times > 1)).toEqual([]);
  for (const { id, title } of found) {
    const { items } = done(
      await night.admin.get<{ items: { userId: string; status: string }[] }>(`/api/monitoring/alerts/${id}/pages`),
      200,
    );
    expect(
      items.map(({ userId, status }) => [userId, status]),
      title,
    ).toEqual([[ana.id, 'sent']]);
  }
}, 600_000);
