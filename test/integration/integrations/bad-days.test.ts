import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SQSBatchResponse } from 'aws-lambda';
import { surface as alertsSurface } from '../../../functions/alerts/http.ts';
import { drainer } from '../../../functions/alerts/reactors/drain.ts';
import { surface } from '../../../functions/integrations/http.ts';
import { logger } from '../../../shared/aws/observe.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { invoke } from '../../support/invoke.ts';
import { OUTAGES } from '../../support/spill.ts';
import { runs } from '../../support/runs.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: ReturnType<typeof surface>;
let alertsEntry: ReturnType<typeof alertsSurface>;
let drain: ReturnType<typeof drainer>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
});
afterEach(() => {
  dynamo.failWith(undefined);
  ingest.queue.failWith(undefined);
});
afterAll(() => dynamo.stop());

/** A fresh process that serves, and one that drains. */
const restart = () => {
  const deps = ingest.container();
  const { clock, store, replay, queue } = ingest;
  const drainDeps = { clock, store, replay, sqs: queue.sqs, poisonQueueUrl: 'https://sqs.test/poison' };
  handler = surface(() => deps);
  alertsEntry = alertsSurface(() => deps);
  drain = drainer(() => drainDeps);
};

let keys = 0;
const aSource = async () => {
  restart();
  const name = `source-${++keys}`;
  const key = await ingest.key({ name });
  const alert = (over: Record<string, unknown> = {}) => ({
    labels: { alertname: 'SiteDown', severity: 'critical' },
    startsAt: new Date(ingest.clock.now().getTime() - 1000).toISOString(),
    ...over,
  });
  const ended = () => alert({ endsAt: ingest.clock.now().toISOString() });
  const push = (...alerts: unknown[]) =>
    invoke(handler, 'POST /api/v2/alerts', { body: alerts, headers: { authorization: `Bearer ${key}` } });
  const alerts = () => ingest.alertsOf(name);
  // Keys are looked up before the bad day begins.
  await push();
  return { name, key, alert, ended, push, alerts };
};

const later = (seconds = 2) => ingest.clock.advance(seconds * 1000);
/** Delivers the messages of the queue, and removes the applied ones. */
const deliver = async (): Promise<SQSBatchResponse> => {
  const event = ingest.queue.event();
  const answer = await drain(event);
  ingest.queue.settle(event, answer.batchItemFailures);
  return answer;
};
const raise = (body: object, name = 'raiser') =>
  invoke(alertsEntry, 'POST /api/monitoring/alerts', { body, caller: { kind: 'machine', name } });

describe.each(OUTAGES)('while DynamoDB %s', (_, failure) => {
  it('a push is answered 200, stored in the queue, and replayed after the outage', async () => {
    const { push, alert, alerts } = await aSource();
    dynamo.failWith(failure);
    expect((await push(alert())).status).toBe(200);
    expect(ingest.queue.messages).toHaveLength(1);
    const accepted = ingest.clock.now().toISOString();
    expect((await deliver()).batchItemFailures).toHaveLength(1);
    dynamo.failWith(undefined);
    later(60);
    expect((await deliver()).batchItemFailures).toEqual([]);
    expect(await alerts()).toMatchObject([{ status: 'open', count: 1, firstSeenAt: accepted }]);
    expect(ingest.queue.messages).toEqual([]);
  });

  it('a resolve is stored, too', async () => {
    const { push, alert, ended, alerts } = await aSource();
    await push(alert());
    later();
    dynamo.failWith(failure);
    expect((await push(ended())).status).toBe(200);
    dynamo.failWith(undefined);
    await deliver();
    expect(await alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it('a raise through our own API is answered 202 with the key under which it will appear', async () => {
    restart();
    dynamo.failWith(failure);
    const answer = await raise({ title: 'Disk full', severity: 'error' }, `api-${_}`);
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: true, source: `api:api-${_}`, acceptedAt: ingest.clock.now().toISOString() },
    });
    dynamo.failWith(undefined);
    await deliver();
    expect(await ingest.alertsOf(`api-${_}`)).toMatchObject([{ title: 'Disk full', dedupKey: answer.body.dedupKey }]);
  });
});

describe('while DynamoDB and the queue refuse', () => {
  const [, outage] = OUTAGES[0] ?? ['', new Error()];

  it('a push is answered 503 with a JSON string, and says when to come again', async () => {
    const { push, alert } = await aSource();
    dynamo.failWith(outage);
    ingest.queue.failWith(new Error('SQS is down'));
    const answer = await push(alert());
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(typeof answer.body).toBe('string');
  });

  it('a raise is answered 503 as a problem document', async () => {
    restart();
    dynamo.failWith(outage);
    ingest.queue.failWith(new Error('SQS is down'));
    const answer = await raise({ title: 'Disk full', severity: 'error' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'store.unavailable' } });
    expect(answer.text).not.toMatch(/SQS is down|ProvisionedThroughput/);
  });

  it('a process that has not seen the key yet answers 503, since it cannot know it', async () => {
    const { key, alert } = await aSource();
    restart();
    dynamo.failWith(outage);
    const headers = { authorization: `Bearer ${key}` };
    expect((await invoke(handler, 'POST /api/v2/alerts', { body: [alert()], headers })).status).toBe(503);
    expect(
      (await invoke(handler, 'POST /api/v2/alerts', { body: [alert()], headers: { authorization: 'Bearer x' } }))
        .status,
    ).toBe(401);
  });
});

describe('a queue that works its way through an outage', () => {
  const [, outage] = OUTAGES[0] ?? ['', new Error()];

  it('does not resurrect what was resolved after the day got better', async () => {
    const { push, alert, ended, alerts } = await aSource();
    await push(alert());
    later();
    dynamo.failWith(outage);
    await push(alert());
    await push(alert());
    dynamo.failWith(undefined);
    later();
    await push(ended());
    await deliver();
    expect(await alerts()).toMatchObject([{ status: 'resolved', count: 3 }]);
  });

  it('a key that was good within the hour is good for the whole of the outage', async () => {
    const { push, alert, alerts } = await aSource();
    dynamo.failWith(outage);
    for (let minute = 0; minute < 30; minute++) {
      expect((await push(alert())).status).toBe(200);
      later(60);
    }
    dynamo.failWith(undefined);
    while (ingest.queue.messages.length > 0) await deliver();
    expect(await alerts()).toMatchObject([{ count: 30 }]);
  });

  it('one refusal sends the next events of the process straight to the queue, for a moment', async () => {
    const { push, alert, alerts } = await aSource();
    let calls = 0;
    const counted = Object.assign(new Error('slow'), { name: 'TimeoutError' });
    Object.defineProperty(counted, 'name', {
      get: () => {
        calls++;
        return 'TimeoutError';
      },
    });
    dynamo.failWith(counted);
    await push(...Array.from({ length: 5 }, (_, i) => alert({ labels: { alertname: `a${i}` } })));
    dynamo.failWith(undefined);
    later(1);
    const before = ingest.queue.messages.length;
    await push(alert({ labels: { alertname: 'spared' } }));
    expect(ingest.queue.messages).toHaveLength(before + 1);
    expect(calls).toBeGreaterThan(0);
    later(2);
    await push(alert({ labels: { alertname: 'direct' } }));
    expect(ingest.queue.messages).toHaveLength(before + 1);
    while (ingest.queue.messages.length > 0) await deliver();
    expect(await alerts()).toHaveLength(7);
  });

  it('delivered twice, each event counts once', async () => {
    const { push, alert, alerts } = await aSource();
    dynamo.failWith(outage);
    for (let i = 0; i < 4; i++) await push(alert());
    dynamo.failWith(undefined);
    const event = ingest.queue.event();
    await drain(event);
    await drain(event);
    await drain({ Records: event.Records.slice(2) });
    ingest.queue.settle(event, []);
    expect(await alerts()).toMatchObject([{ count: 4 }]);
  });

  it('a poisoned message is set aside, whole, and those behind it pass, of its group too', async () => {
    const { push, alert, alerts } = await aSource();
    dynamo.failWith(outage);
    await push(alert());
    await push(alert());
    dynamo.failWith(undefined);
    const event = ingest.queue.event();
    const [first] = event.Records;
    if (first) first.body = '{"schema":"tocsin.spill/9"}';
    expect((await drain(event)).batchItemFailures).toEqual([]);
    ingest.queue.settle(event, []);
    expect(await alerts()).toMatchObject([{ count: 1 }]);
    expect(JSON.parse(ingest.queue.poison.at(-1) ?? '')).toMatchObject({ record: { body: first?.body } });
  });

  it('where the poison queue refuses as well, the message stays and nothing of its group passes it', async () => {
    const { push, alert, alerts } = await aSource();
    dynamo.failWith(outage);
    await push(alert());
    await push(alert());
    await push(alert({ labels: { alertname: 'Other' } }));
    dynamo.failWith(undefined);
    const event = ingest.queue.event();
    const body = event.Records[0]?.body ?? '';
    if (event.Records[0]) event.Records[0].body = 'poison';
    ingest.queue.failWith(new Error('SQS is down'));
    const { batchItemFailures } = await drain(event);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      event.Records[0]?.messageId,
      event.Records[1]?.messageId,
    ]);
    ingest.queue.failWith(undefined);
    ingest.queue.settle(event, batchItemFailures);
    expect(ingest.queue.messages[0]?.body).toBe(body);
    await deliver();
    expect((await alerts()).map(({ count }) => count).sort()).toEqual([1, 2]);
  });
});

describe('many at once', () => {
  it('many pushes of the same alert at once leave one open alert with the exact count', async () => {
    const count = runs(200);
    const { push, alert, alerts } = await aSource();
    const answers = await Promise.all(Array.from({ length: count }, () => push(alert())));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await alerts()).toMatchObject([{ status: 'open', count, sequence: 1 }]);
  });

  it('many raises by API at once: one is new, and the others count it', async () => {
    restart();
    const count = runs(200);
    const body = { title: 'Disk full', severity: 'error', dedupKey: 'disk' };
    const answers = await Promise.all(Array.from({ length: count }, () => raise(body, 'crowd')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(count - 1);
    expect(await ingest.alertsOf('crowd')).toMatchObject([{ count }]);
  });

  it('raises of every severity at once end at the worst, whichever came first', async () => {
    restart();
    const severities = ['info', 'warning', 'error', 'critical'] as const;
    const raises = Array.from({ length: 40 }, (_, i) => severities[i % 4] ?? 'info');
    await Promise.all(raises.map((severity) => raise({ title: 'x', severity, dedupKey: 'rise' }, 'rising')));
    expect(await ingest.alertsOf('rising')).toMatchObject([{ count: 40, severity: 'critical' }]);
  });

  it('pushes while it is being resolved: each is counted, and no two are open', async () => {
    const { push, alert, ended, alerts } = await aSource();
    await push(alert());
    await Promise.all(Array.from({ length: 60 }, (_, i) => push(i % 6 === 5 ? ended() : alert())));
    // Under so much contention some give way to the queue.
    while (ingest.queue.messages.length > 0) await deliver();
    const found = await alerts();
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(51);
    expect(found.filter(({ status }) => status === 'open').length).toBeLessThanOrEqual(1);
  });
});

describe('what an operation costs, through the ingest', () => {
  const cost = async (work: () => Promise<unknown>) => {
    const { roundTrips, writeUnits, readUnits } = await dynamo.cost(work);
    return [roundTrips, writeUnits, readUnits];
  };

  it('a new alert with an expiry: 1 round trip, 3 write units, one of them for the index of timers', async () => {
    const { push, alert } = await aSource();
    expect(await cost(() => push(alert()))).toEqual([1, 3, 0]);
  });

  it('a repeat: 1 round trip, 1 write unit', async () => {
    const { push, alert } = await aSource();
    await push(alert());
    later(30);
    await push();
    expect(await cost(() => push(alert()))).toEqual([1, 1, 0]);
  });

  it('a resolve: 1 round trip, 3 write units, as it leaves both indexes', async () => {
    const { push, alert, ended } = await aSource();
    await push(alert());
    expect(await cost(() => push(ended()))).toEqual([1, 3, 0]);
  });

  it('a resolve of nothing: 2 round trips, 2 write units: the refused write, and the tombstone', async () => {
    const { push, ended } = await aSource();
    expect(await cost(() => push(ended()))).toEqual([2, 2, 0]);
    later(60);
    await push();
    expect(await cost(() => push(ended()))).toEqual([2, 2, 0]);
  });
});

describe('logs', () => {
  it('tell no key, whatever happens', async () => {
    const { key, alert } = await aSource();
    const lines: string[] = [];
    const write = (...args: unknown[]) => void lines.push(args.map((arg) => String(arg)).join(' '));
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation(write),
    );
    const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => (write(text), true));
    const loggerConsole = (logger as unknown as { console: Console }).console;
    const loggerSpies = (['info', 'warn', 'error', 'debug'] as const).map((method) =>
      vi.spyOn(loggerConsole, method).mockImplementation(write),
    );
    logger.setLogLevel('DEBUG');
    try {
      const hook = (k: string, body: unknown) =>
        invoke(handler, 'POST /api/integrations/{key}/alertmanager', { params: { key: k }, body });
      const bearer = (k: string, body: unknown) =>
        invoke(handler, 'POST /api/v2/alerts', { body, headers: { authorization: `Bearer ${k}` } });
      for (const k of [key, `${key}x`]) {
        for (const body of [{ alerts: [alert()] }, { alerts: [{}] }, 'not json', { alerts: 1 }]) await hook(k, body);
        for (const body of [[alert()], [{}], 'not json']) await bearer(k, body);
      }
      dynamo.failWith(OUTAGES[3]?.[1]);
      restart();
      await hook(key, { alerts: [alert()] });
      await bearer(key, [alert()]);
    } finally {
      logger.setLogLevel('SILENT');
      for (const spy of [...spies, ...loggerSpies, out]) spy.mockRestore();
    }
    expect(lines.join('\n')).toContain('POST /api/integrations/{key}/alertmanager');
    expect(lines.join('\n')).not.toContain(key.slice(4));
    expect(lines.join('\n')).not.toContain(key.slice(-43));
  });
});
