import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../test/support/tocsin.ts';
import { quantile, row, timed } from './measure.ts';

/** What a provider is handed: a code, or a page of an alert. */
interface Handed {
  readonly code?: string;
  readonly alert?: { readonly id: string };
}

const ALERTS = 110;
const WARM = 10;

/**
 * How long after an alert was accepted the provider of its page has it, p99, beside a bare POST to the same provider. It is a
 * webhook that the policy names. A page passes two streams and two queues more than what the topic tells.
 */
export const pageRow = async (admin: Client, raise: (event: object) => Promise<string>): Promise<void> => {
  const paged = new Map<string, number>();
  let code = '';
  const provider = createServer((request, response) => {
    const at = performance.now();
    void text(request).then((body) => {
      response.end();
      const handed = JSON.parse(body) as Handed;
      if (handed.code !== undefined) code = handed.code;
      if (handed.alert !== undefined) paged.set(handed.alert.id, at);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => provider.once('listening', resolve));
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`;
  try {
    const { body: contact } = await admin.post<{ id: string }>('/api/oncall/contacts', { channel: 'webhook', to: url });
    await admin.post(`/api/oncall/contacts/${contact.id}/verify`, { code });
    const steps = [{ targets: [{ type: 'contact', id: contact.id }], escalateAfterMinutes: 60 }];
    const policy = { version: 0, name: 'Bench', repeat: 0, steps };
    const saved = await admin.call('PUT', '/api/oncall/policies/default', policy);
    if (saved.status !== 200) throw new Error(`No policy: ${JSON.stringify(saved.body)}`);
    const delays: number[] = [];
    const posts: number[] = [];
    for (let n = 0; n < ALERTS; n++) {
      const event = { title: `Page ${n}`, severity: 'info', dedupKey: `page-${n}` };
      const { id } = JSON.parse(await raise(event)) as { id: string };
      const accepted = performance.now();
      for (let i = 0; i < 5000 && !paged.has(id); i++) await sleep(1);
      const bareMs = await timed(async () => (await fetch(url, { method: 'POST', body: '{}' })).text());
      if (n < WARM) continue;
      delays.push(Math.max(0, (paged.get(id) ?? Infinity) - accepted));
      posts.push(bareMs);
    }
    const [p99, bareP99] = [quantile(delays, 0.99), quantile(posts, 0.99)];
    const bound = 10 + 10 * bareP99;
    const told = `${p99.toFixed(1)} ms (bare POST ${bareP99.toFixed(1)} ms)`;
    row('accepted to provider, p99', told, `at most ${bound.toFixed(1)} ms`, p99 <= bound, p99 <= 6 * bound);
    await receiptRow(admin);
    await admin.call('DELETE', '/api/oncall/policies/default');
  } finally {
    provider.close();
    provider.closeAllConnections();
  }
};

/** A receipt must tell what became of an event within so long. */
const RECEIPT_MS = 2_000;
const RECEIPTS = 60;
/** How often it is asked for; as much as the measurement is too long at most. */
const ASKED_EACH_MS = 25;

/** How long after an event was accepted its receipt tells the page and the answer of the provider, p99. */
const receiptRow = async (admin: Client): Promise<void> => {
  const delays: number[] = [];
  for (let n = 0; n < RECEIPTS; n++) {
    const event = { title: `Receipt ${n}`, severity: 'info', dedupKey: `receipt-${n}` };
    const { headers } = await admin.post('/api/monitoring/alerts', event);
    const accepted = performance.now();
    const path = `/api/events/${headers.get('tocsin-event-id')}`;
    const isTold = async (): Promise<boolean> => {
      const { body } = await admin.get<{ readonly pages?: readonly { readonly status: string }[] }>(path);
      return body.pages?.some(({ status }) => status === 'sent') ?? false;
    };
    while (!(await isTold()) && performance.now() - accepted < 10 * RECEIPT_MS) await sleep(ASKED_EACH_MS);
    delays.push(performance.now() - accepted);
  }
  const p99 = quantile(delays, 0.99);
  const told = `${p99.toFixed(0)} ms (median ${quantile(delays, 0.5).toFixed(0)} ms)`;
  row(
    'accepted to its page in the receipt, p99',
    told,
    `at most ${RECEIPT_MS} ms`,
    p99 <= RECEIPT_MS,
    p99 <= 2 * RECEIPT_MS,
  );
};
