import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http.ts';
import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
});
afterAll(() => dynamo.stop());

const EVENTS = 10_000;
const CONTAINERS = 8;
const LIMIT = 6_000;
/** Each container lets thirty through by itself, and takes room for a hundred at a time. */
const BEYOND = CONTAINERS * 30 + 100;

describe('ten thousand events within a minute through one key', () => {
  it('beyond the limit they are refused as PagerDuty refuses them, and no accepted one is lost', async () => {
    const made = await ingest.integration({ type: 'pagerduty', name: 'storm', eventsPerMinute: LIMIT });
    const containers = Array.from({ length: CONTAINERS }, () => {
      const deps = ingest.container();
      return surface(() => deps);
    });
    const send = (n: number) =>
      invoke(containers[n % CONTAINERS], 'POST /v2/enqueue', {
        body: {
          routing_key: made.key,
          event_action: 'trigger',
          dedup_key: `storm-${n}`,
          payload: { summary: `Number ${n}`, source: 'db', severity: 'critical' },
        },
      });
    const sendAll = async (numbers: readonly number[]) => {
      const settled = await settleLimit(numbers, 32, async (n) => {
        // All of them come within the same minute.
        ingest.clock.advance(5);
        return { n, answer: await send(n) };
      });
      return settled.map((ended) => (ended.status === 'fulfilled' ? ended.value : expect.fail(String(ended.reason))));
    };
    const answers = await sendAll(Array.from({ length: EVENTS }, (_, n) => n));
    const accepted = answers.filter(({ answer }) => answer.status === 202);
    const refused = answers.filter(({ answer }) => answer.status === 429);
    expect(accepted.length + refused.length).toBe(EVENTS);
    expect(accepted.length).toBeGreaterThanOrEqual(LIMIT);
    expect(accepted.length).toBeLessThanOrEqual(LIMIT + BEYOND);
    for (const { answer } of refused) {
      expect(answer.body).toMatchObject({ status: 'throttle exceeded', errors: [expect.any(String)] });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(new Set(accepted.map(({ answer }) => answer.headers['tocsin-event-id'])).size).toBe(accepted.length);
    const stored = new Map((await ingest.alertsOf('storm')).map(({ dedupKey, count }) => [dedupKey, count]));
    expect([...stored.keys()].toSorted()).toEqual(accepted.map(({ n }) => `storm-${n}`).toSorted());
    expect([...stored.values()].every((count) => count === 1)).toBe(true);
    // The client sends the others again in the next minute, and all are stored.
    ingest.clock.advance(60_000);
    const again = await sendAll(refused.map(({ n }) => n));
    expect(again.every(({ answer }) => answer.status === 202)).toBe(true);
    expect(await ingest.alertsOf('storm')).toHaveLength(EVENTS);
  }, 240_000);
});
