import type { Report } from '../../../functions/alerts/intake/intake.ts';
import dns from 'node:dns';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rangesIn } from '../../../shared/http/address.ts';
import { collectHealth } from '../../../functions/health/monitors/collect-health.ts';
import { createMonitor } from '../../../functions/health/monitors/create-monitor.ts';
import { evaluator } from '../../../functions/health/monitors/evaluator.ts';
import { CreateMonitor, type StoredMonitor } from '../../../functions/health/monitors/monitor.ts';
import { statusOf } from '../../../functions/health/monitors/view.ts';
import { switchMaintenance } from '../../../functions/health/monitors/switch-maintenance.ts';
import { replaceMonitor } from '../../../functions/health/monitors/replace-monitor.ts';
import { runCheck, type Found } from '../../../functions/health/monitors/run-check.ts';
import type { Shard } from '../../../functions/health/monitors/slots.ts';
import { reportMonitor } from '../../../functions/health/monitors/report-monitor.ts';
import { tick } from '../../../functions/health/monitors/tick.ts';
import { checkShard, LEASE_SECONDS } from '../../../functions/health/monitors/check-shard.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { bySomebody, healthDeps } from '../../support/health.ts';

const evaluating = evaluator(new URL('../../../functions/health/threads/evaluate.ts', import.meta.url));
const LOCAL = rangesIn('127.0.0.0/8,::1/128');
let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

describe('a target that behaves badly', () => {
  const servers: Server[] = [];
  const serve = async (listener: RequestListener, server: Server = createServer(listener)): Promise<string> => {
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    servers.push(server);
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const checked = (check: object, timeoutMs = 400, allowed = LOCAL): Promise<Found> =>
    runCheck(
      { id: 'mon_1', service: null, timeoutMs, check: CreateMonitor.parse({ name: 'x', check }).check },
      { allowed, cloudWatch: () => expect.unreachable(), ownAlarms: 'none', evaluator: evaluating },
      new Date(),
      performance.now() + 20_000,
    );
  const http = (url: string, over: object = {}, timeoutMs?: number) =>
    checked({ type: 'http', url, ...over }, timeoutMs);

  it('hangs: the check times out, and its reason says so', async () => {
    const host = await serve(() => undefined);
    const begun = performance.now();
    expect(await http(`http://${host}/`)).toMatchObject({ ok: false, reason: 'it does not answer within 400 ms' });
    expect(performance.now() - begun).toBeLessThan(1_500);
  });

  it('drips bytes for ever: the check times out too', async () => {
    const host = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await http(`http://${host}/`)).toMatchObject({ ok: false, reason: 'it does not answer within 400 ms' });
  });

  it('redirects in a circle: it is followed five times', async () => {
    let hops = 0;
    const host = await serve((_request, response) => {
      hops++;
      response.writeHead(302, { location: '/again' }).end();
    });
    expect(await http(`http://${host}/`)).toMatchObject({ ok: false, reason: 'it redirects more than 5 times' });
    expect(hops).toBe(6);
  });

  it('redirects to a refused address: the check fails at that hop', async () => {
    const host = await serve((_request, response) => {
      response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end();
    });
    expect(await http(`http://${host}/meta`)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('may not be reached'),
    });
  });

  it('redirects to another origin and back: no header that the monitor names goes along, and no body', async () => {
    const seen: string[] = [];
    const see = (request: IncomingMessage, body: string): void => {
      const { authorization, 'x-vault-token': token, accept } = request.headers;
      seen.push([request.method, request.url, authorization, token, accept, body].join(' '));
    };
    const onward =
      (location: (url: string) => string | undefined): RequestListener =>
      (request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          see(request, body);
          const next = location(request.url ?? '');
          response.writeHead(next ? 307 : 200, next ? { location: next } : {}).end('there');
        });
      };
    let host = '';
    const other = await serve(onward(() => `http://${host}/back`));
    host = await serve(onward((url) => ({ '/': '/same', '/same': `http://${other}/` })[url]));
    const headers = { Authorization: 'Bearer secret', 'X-Vault-Token': 's', accept: 'a/b' };
    const check = { headers, method: 'POST', body: 'mine', contains: 'there' };
    expect(await http(`http://${host}/`, check, 5_000)).toMatchObject({ ok: true });
    expect(seen).toEqual([
      'POST / Bearer secret s a/b mine',
      'POST /same Bearer secret s a/b mine',
      'POST /   */* ',
      'POST /back   */* ',
    ]);
  });

  it('redirects by a Location in raw UTF-8, or to what is no URL', async () => {
    const host = await serve((request, response) => {
      if (request.url === '/gr%C3%B6%C3%9Fe') return void response.end('arrived');
      const location = request.url === '/bad' ? 'http://[' : '/größe';
      request.socket.end(
        `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
    });
    expect(await http(`http://${host}/`, { contains: 'arrived' }, 5_000)).toMatchObject({ ok: true });
    expect(await http(`http://${host}/bad`)).toMatchObject({ ok: false, reason: 'it redirects to what is no URL' });
  });

  it('sends header lines that end in LF alone: taken, unless the monitor is strict', async () => {
    const host = await serve((request) => {
      request.socket.end('HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 2\nConnection: close\n\nok');
    });
    expect(await http(`http://${host}/`, { contains: 'ok' }, 5_000)).toMatchObject({ ok: true });
    expect(await http(`http://${host}/`, { strictHeaders: true }, 5_000)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('Parse Error'),
    });
  });

  it('has an IPv6 address and is asked by another Host: that address is asked, with that header', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.host);
      response.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    const headers = { host: 'shop.example' };
    expect(await http(`http://[::1]:${port}/`, { headers }, 2_000)).toMatchObject({ ok: true });
    expect(asked).toEqual(['shop.example']);
  });

  it('answers GET and refuses HEAD: the method of the monitor decides', async () => {
    const host = await serve((request, response) => {
      response.writeHead(request.method === 'HEAD' ? 405 : 200).end();
    });
    expect(await http(`http://${host}/`, {}, 2_000)).toMatchObject({ ok: true });
    expect(await http(`http://${host}/`, { method: 'HEAD' }, 2_000)).toMatchObject({
      ok: false,
      reason: 'it answers 405, not 200-299',
    });
  });

  it('answers without end: a megabyte is read and judged', async () => {
    let sent = 0;
    const host = await serve((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(await http(`http://${host}/`, { contains: 'xxx' }, 5_000)).toMatchObject({ ok: true });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('has a certificate of no authority: the reason says so', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    const host = await serve(() => undefined, createTlsServer({ key, cert }) as unknown as Server);
    const port = Number(host.split(':')[1]);
    expect(await http(`https://${host}/`)).toMatchObject({ ok: false, reason: 'its certificate is signed by itself' });
    expect(await checked({ type: 'tls', host: '127.0.0.1', port })).toMatchObject({
      ok: false,
      reason: 'its certificate is signed by itself',
    });
  });

  it('has a name that leads to this machine: refused where the stage does not allow it, for every type', async () => {
    const host = await serve((_request, response) => void response.end('ok'));
    const port = Number(host.split(':')[1]);
    for (const check of [
      { type: 'http', url: `http://localhost:${port}/` },
      { type: 'http', url: `http://127.0.0.1:${port}/` },
      { type: 'http', url: `http://[::ffff:127.0.0.1]:${port}/` },
      { type: 'http', url: `http://2130706433:${port}/` },
      { type: 'tcp', host: 'localhost', port },
      { type: 'tls', host: 'localhost', port },
      { type: 'scrape', url: `http://localhost:${port}/`, metrics: ['a'] },
    ]) {
      expect(await checked(check, 2_000, []), JSON.stringify(check)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('may not be reached'),
      });
    }
  });

  it('has a name that changes: the address of the socket is judged, at every hop', async () => {
    let hops = 0;
    const host = await serve((_request, response) => {
      hops++;
      response.writeHead(302, { location: '/again' }).end();
    });
    const answers = ['127.0.0.1', '169.254.169.254'];
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_name, _options, callback) => {
      const address = answers.shift() ?? expect.unreachable('It was looked up a third time');
      callback(null, [{ address, family: 4 }]);
    }) as (name: string, options: object, callback: (error: null, found: object[]) => void) => void as never);
    try {
      expect(await http(`http://turns.example:${host.split(':')[1]}/`, {}, 2_000)).toMatchObject({
        ok: false,
        reason: 'turns.example is at 169.254.169.254, an address that may not be reached',
      });
    } finally {
      lookup.mockRestore();
    }
    expect(hops).toBe(1);
  });

  it('answers what a pattern finds, over lines, or does not', async () => {
    const host = await serve((_request, response) => void response.end('ready\nqueue: 12 of 100\n'));
    expect(await http(`http://${host}/`, { matches: 'queue: [0-9]{1,2} of' })).toMatchObject({ ok: true });
    expect(await http(`http://${host}/`, { matches: '(?i)READY.queue' })).toMatchObject({
      ok: false,
      reason: 'nothing in the answer matches (?i)READY.queue',
    });
    const begun = performance.now();
    expect(await http(`http://${host}/`, { matches: '(a|aa)+$' })).toMatchObject({ ok: false });
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('takes time in parts: they are in the result, and become metrics where that is wanted', async () => {
    const host = await serve((_request, response) => void setTimeout(() => response.end('late'), 30));
    const quiet = await http(`http://${host}/`, {}, 2_000);
    expect(quiet).toMatchObject({ measured: [], phases: { dnsMs: 0, tlsMs: 0, firstByteMs: expect.any(Number) } });
    expect(quiet.phases?.firstByteMs).toBeGreaterThan(20);
    const named = await http(`http://localhost:${host.split(':')[1]}/`, { timings: true }, 2_000);
    expect(named.phases?.dnsMs).toBeGreaterThan(0);
    expect(named.measured.map(({ name }) => name)).toEqual([
      'monitor.http.dns',
      'monitor.http.connect',
      'monitor.http.tls',
      'monitor.http.first_byte',
    ]);
    const { dnsMs = 0, connectMs = 0, firstByteMs = 0 } = named.phases ?? {};
    expect(dnsMs + connectMs + firstByteMs).toBeLessThanOrEqual(named.durationMs + 1);
  });

  it('an open port is up, a closed one is down with the reason', async () => {
    const host = await serve(() => undefined);
    expect(await checked({ type: 'tcp', host: '127.0.0.1', port: Number(host.split(':')[1]) })).toMatchObject({
      ok: true,
    });
    expect(await checked({ type: 'tcp', host: '127.0.0.1', port: 1 })).toMatchObject({
      ok: false,
      reason: 'it refuses the connection',
    });
  });
});

/** A watch of its own, whose checks are answered by the test. */
const watch = async (answers: (monitor: StoredMonitor) => boolean | Promise<boolean> = () => true) => {
  const clock = standingClock();
  const tableName = await dynamo.table(HEALTH_TABLE_SHAPE, 'health');
  const stores = healthDeps({ client: dynamo.client, tableName }, clock);
  const queue: Shard[] = [];
  const checked: string[] = [];
  const run = async (monitor: StoredMonitor): Promise<Found> => {
    checked.push(monitor.name);
    const ok = await answers(monitor);
    return { ok, reason: ok ? 'well' : 'ill', durationMs: 5, measured: [] };
  };
  const deps = { ...stores, run };
  return {
    clock,
    queue,
    checked,
    deps,
    add: (name: string, over: object = {}) =>
      createMonitor(
        deps,
        bySomebody,
        CreateMonitor.parse({ name, check: { type: 'tcp', host: 'a', port: 1 }, ...over }),
      ),
    tick: (scheduledAt?: string) =>
      tick({ ...deps, send: async (shards) => void queue.push(...shards) }, { scheduledAt }),
  };
};

describe('the tick', () => {
  it('hands out what is due and nothing else; twice in a minute, each monitor is checked once', async () => {
    const w = await watch();
    await w.add('each minute');
    await w.add('paused', { enabled: false });
    await w.add('hourly', { intervalMinutes: 60 });
    await Promise.all([w.tick(), w.tick()]);
    await w.tick();
    for (const shard of w.queue) await checkShard(w.deps, shard);
    expect(w.checked.filter((name) => name === 'each minute')).toHaveLength(1);
    expect(w.checked).not.toContain('paused');
    for (let minute = 1; minute < 60; minute++) {
      w.clock.advance(60_000);
      await w.tick();
    }
    for (const shard of w.queue.splice(0)) await checkShard(w.deps, shard);
    expect(w.checked.filter((name) => name === 'each minute')).toHaveLength(60);
    expect(w.checked.filter((name) => name === 'hourly')).toHaveLength(1);
  });

  it('run again in its minute checks no monitor twice, whichever were added or removed meanwhile', async () => {
    const w = await watch();
    const added = await Promise.all(Array.from({ length: 60 }, (_, n) => w.add(`first ${n}`)));
    await w.tick();
    await Promise.all(Array.from({ length: 60 }, (_, n) => w.add(`second ${n}`)));
    const [gone] = added;
    const stored = gone && (await w.deps.monitors.byId(gone.id));
    if (stored) await w.deps.monitors.remove(stored, {}, w.clock.now(), 30);
    await w.tick();
    for (const shard of w.queue.splice(0)) await checkShard(w.deps, shard);
    expect(new Set(w.checked).size).toBe(w.checked.length);
    expect(w.checked.filter((name) => name.startsWith('first'))).toHaveLength(59);
    w.clock.advance(60_000);
    await w.tick();
    for (const shard of w.queue) await checkShard(w.deps, shard);
    expect(w.checked.filter((name) => name.startsWith('second'))).toHaveLength(60);
  });

  it('is for the minute of its schedule, though two runs fall into one minute of the clock', async () => {
    const w = await watch();
    await w.add('each minute');
    const begin = w.clock.now().getTime();
    const minute = (n: number): string => new Date(begin + n * 60_000).toISOString();
    await w.tick(minute(0));
    for (const shard of w.queue.splice(0)) await checkShard(w.deps, shard);
    w.clock.advance(120_500);
    expect(await w.tick(minute(1))).toMatchObject({ gapMinutes: 0, shards: 1 });
    for (const shard of w.queue.splice(0)) await checkShard(w.deps, shard);
    w.clock.advance(500);
    expect(await w.tick(minute(2))).toMatchObject({ gapMinutes: 0, shards: 1 });
    for (const shard of w.queue.splice(0)) await checkShard(w.deps, shard);
    expect(w.checked).toEqual(['each minute', 'each minute', 'each minute']);
  });

  it('is for the minute of its schedule, though the clock of the schedule is ahead', async () => {
    const w = await watch();
    await w.add('each minute');
    const begin = w.clock.now().getTime();
    await w.tick(new Date(begin).toISOString());
    w.clock.advance(59_900);
    expect(await w.tick(new Date(begin + 60_000).toISOString())).toMatchObject({ gapMinutes: 0 });
    w.clock.advance(60_000);
    expect(await w.tick(new Date(begin + 120_000).toISOString())).toMatchObject({ gapMinutes: 0 });
    for (const shard of w.queue) await checkShard(w.deps, shard);
    expect(w.checked).toHaveLength(3);
  });

  it('is for now where the event is old, or of another clock', async () => {
    const w = await watch();
    await w.add('each minute');
    await w.tick();
    w.clock.advance(60_000);
    expect(await w.tick('2026-11-20T00:00:00Z')).toMatchObject({ gapMinutes: 0, shards: 1 });
    w.clock.advance(60_000);
    expect(await w.tick('2027-01-01T00:00:00Z')).toMatchObject({ gapMinutes: 0, shards: 1 });
  });

  it('stores minutes in which it did not run as a gap, and makes up for none', async () => {
    const w = await watch();
    await w.add('each minute');
    expect(await w.tick()).toMatchObject({ gapMinutes: 0 });
    w.clock.advance(10 * 60_000);
    expect(await w.tick()).toMatchObject({ gapMinutes: 9, shards: 1 });
    expect(await w.deps.runs.gaps(new Date('2026-11-21T00:00:00Z'), w.clock.now())).toMatchObject([
      { from: '2026-11-21T03:01:00.000Z', to: '2026-11-21T03:10:00.000Z' },
    ]);
    const month = 30 * 86_400_000;
    w.clock.advance(month);
    await w.tick();
    const late = new Date(w.clock.now().getTime() - month / 3);
    expect(await w.deps.runs.gaps(late, w.clock.now())).toMatchObject([{ from: '2026-11-21T03:11:00.000Z' }]);
  });

  it('takes down a heartbeat that is overdue, but gives it its grace once more after a gap', async () => {
    const heartbeat = { check: { type: 'heartbeat', periodSeconds: 120, graceSeconds: 60 } };
    const status = async (w: Awaited<ReturnType<typeof watch>>, id: string) =>
      (await w.deps.monitors.stateOf(id))?.status;
    const here = await watch();
    const { id } = await here.add('job', heartbeat);
    for (let minute = 0; minute < 3; minute++) {
      await here.tick();
      here.clock.advance(60_000);
    }
    expect(await status(here, id)).toBe('unknown');
    await here.tick();
    expect(await status(here, id)).toBe('down');

    const out = await watch();
    const other = await out.add('job', heartbeat);
    await out.tick();
    out.clock.advance(10 * 60_000);
    await out.tick();
    expect(await status(out, other.id)).toBe('unknown');
    out.clock.advance(60_000);
    await out.tick();
    expect(await status(out, other.id)).toBe('down');
  });
});

describe('a worker', () => {
  it('that dies after any of its calls leaves no monitor unchecked, and no state is written twice', async () => {
    for (let deaths = 0; deaths < 6; deaths++) {
      const w = await watch((monitor) => monitor.name !== 'ill');
      const ids = [(await w.add('ill', { failAfter: 1 })).id, (await w.add('well')).id];
      await w.tick();
      const [shard] = w.queue as [Shard];
      let calls = 0;
      const dying = <T extends object>(of: T): T =>
        Object.fromEntries(
          Object.entries(of).map(([name, call]) => [
            name,
            async (...args: never[]) => {
              const answer: unknown = await (call as (...all: never[]) => unknown)(...args);
              if (++calls > deaths) throw new Error('died');
              return answer;
            },
          ]),
        ) as T;
      const { monitors, runs, segments } = w.deps;
      const mortal = { ...w.deps, monitors: dying(monitors), runs: dying(runs), segments: dying(segments) };
      await checkShard(mortal, shard).catch(() => undefined);
      w.clock.advance((LEASE_SECONDS + 1) * 1000);
      await checkShard(w.deps, shard);
      await checkShard(w.deps, shard);
      const states = await Promise.all(ids.map((id) => w.deps.monitors.stateOf(id)));
      expect(
        states.map((state) => state?.status),
        `after ${deaths} calls`,
      ).toEqual(['down', 'up']);
      expect(states.map((state) => state?.sequence)).toEqual([1, 1]);
    }
  });

  it('skips a shard that another worker holds, and is run again', async () => {
    const w = await watch();
    await w.add('one');
    await w.tick();
    const [shard] = w.queue as [Shard];
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => checkShard(w.deps, shard)));
    expect(w.checked).toEqual(['one']);
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  });

  it('waits for no slow target: fifty monitors are checked at once', async () => {
    const w = await watch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return true;
    });
    await Promise.all(Array.from({ length: 50 }, (_, i) => w.add(`m${i}`)));
    await w.tick();
    const begun = performance.now();
    for (const shard of w.queue) await checkShard(w.deps, shard);
    expect(w.checked).toHaveLength(50);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it('writes three items at most for fifty monitors that stay well, beside taking and leaving the shard', async () => {
    const w = await watch();
    await Promise.all(Array.from({ length: 50 }, (_, i) => w.add(`m${i}`)));
    await w.tick();
    for (const shard of w.queue.splice(0)) await checkShard(w.deps, shard);
    w.clock.advance(60_000);
    await w.tick();
    const { writeUnits } = await dynamo.cost(() => checkShard(w.deps, w.queue[0] as Shard));
    expect(writeUnits, `${writeUnits} write units`).toBeLessThanOrEqual(12);
  });
});

describe('a change of a definition', () => {
  const tcp = { type: 'tcp', host: 'a', port: 1 };
  const change = async (w: Awaited<ReturnType<typeof watch>>, id: string, over: object) =>
    replaceMonitor(w.deps, bySomebody, {
      id,
      ...CreateMonitor.parse({ name: 'shop', check: tcp, failAfter: 1, ...over }),
      version: (await w.deps.monitors.byId(id))?.version ?? 0,
    });
  /** What the stream makes of the state. */
  const told = async (w: Awaited<ReturnType<typeof watch>>, id: string) => {
    const calls: string[] = [];
    const state = await w.deps.monitors.stateOf(id);
    const report = async (found: Report, by: { readonly name: string }) => {
      calls.push('wrong' in found ? 'down' : 'over');
      expect(by.name, 'timelines name the monitor').toBe((await w.deps.monitors.byId(id))?.name);
    };
    if (state) await reportMonitor({ ...w.deps, intake: { report } }, state, '');
    return calls;
  };
  const down = async (answers: () => boolean | Promise<boolean> = () => false) => {
    const w = await watch(answers);
    const { id } = await w.add('shop', { failAfter: 1 });
    await w.tick();
    return { w, id, work: () => checkShard(w.deps, w.queue.shift() as Shard) };
  };

  it.each([
    ['paused', { enabled: false }],
    ['told to check something of another type', { check: { type: 'dns', name: 'a.example' } }],
  ])('a monitor that is %s resolves what it raised, and is news again when it is down again', async (_, over) => {
    const { w, id, work: check } = await down();
    await check();
    expect(await told(w, id)).toEqual(['down']);
    await change(w, id, over);
    expect(await w.deps.monitors.stateOf(id)).toMatchObject({ status: 'unknown', sequence: 2 });
    expect(await told(w, id)).toEqual(['over']);
    await change(w, id, { ...over, enabled: true });
    w.clock.advance(60_000);
    await w.tick();
    await check();
    expect(await told(w, id)).toEqual(['down']);
  });

  it.each([
    ['paused', { enabled: false }, 'unknown'],
    ['told to check another host', { check: { ...tcp, host: 'b' } }, 'unknown'],
    ['renamed', { name: 'store' }, 'down'],
  ])(
    'a result counts no more if the monitor was %s meanwhile, unless it is still about the same',
    async (_, over, status) => {
      let changed: Promise<unknown> = Promise.resolve();
      const {
        w,
        id,
        work: check,
      } = await down(async () => {
        changed = change(w, id, over);
        await changed;
        return false;
      });
      await check();
      expect((await w.deps.monitors.stateOf(id))?.status).toBe(status);
    },
  );

  it('a paused monitor that is checked by hand answers the result, and opens no alert', async () => {
    const w = await watch(() => false);
    const { id } = await w.add('shop', { failAfter: 1, enabled: false });
    expect(await collectHealth(w.deps, { monitors: [id] })).toMatchObject({
      items: [{ ok: false, status: 'unknown' }],
    });
    expect(await w.deps.monitors.stateOf(id)).toMatchObject({ status: 'unknown', sequence: 0 });
  });
});

describe('maintenance', () => {
  const minutes = (w: Awaited<ReturnType<typeof watch>>, id: string, of: number) =>
    switchMaintenance(w.deps, bySomebody, { id, minutes: of });

  it('begins and ends at once, is kept for the SLA, and leaves windows to come as they are', async () => {
    const w = await watch();
    const later = { from: '2026-11-22T03:00:00.000Z', to: '2026-11-22T04:00:00.000Z' };
    const { id } = await w.add('shop', { maintenance: [later] });
    expect(await minutes(w, id, 30)).toMatchObject({
      status: 'maintenance',
      maintenance: [{ from: '2026-11-21T03:00:00.000Z', to: '2026-11-21T03:30:00.000Z' }, later],
    });
    w.clock.advance(10 * 60_000);
    expect(await minutes(w, id, 60)).toMatchObject({
      maintenance: [{ from: '2026-11-21T03:00:00.000Z', to: '2026-11-21T04:10:00.000Z' }, later],
    });
    w.clock.advance(60_000);
    expect(await minutes(w, id, 0)).toMatchObject({ status: 'unknown', maintenance: [later] });
    expect((await w.deps.monitors.byId(id))?.pastMaintenance).toContainEqual({
      from: '2026-11-21T03:00:00.000Z',
      to: '2026-11-21T03:11:00.000Z',
    });
    await expect(minutes(w, 'mon_none', 5)).rejects.toMatchObject({ code: 'monitor.not_found' });
  });

  const shown = async (w: Awaited<ReturnType<typeof watch>>, id: string) => {
    const { monitor, state } = await w.deps.monitors.whole(id);
    return monitor && statusOf(monitor, state, w.clock.now());
  };
  const nightly = {
    rule: 'FREQ=DAILY',
    timeZone: 'Europe/Berlin',
    startsAt: '2026-11-01T04:00',
    durationMinutes: 60,
    except: ['2026-11-22'],
  };

  it('that recurs opens no alert while it lasts, and what is down at its end does', async () => {
    // It is 04:00 in Berlin.
    const w = await watch(() => false);
    const { id } = await w.add('shop', { failAfter: 1, recurringMaintenance: [nightly] });
    await collectHealth(w.deps, { monitors: [id] });
    expect(await shown(w, id)).toBe('maintenance');
    expect(await w.deps.monitors.stateOf(id)).toMatchObject({ status: 'down', muted: true });
    w.clock.advance(60 * 60_000);
    await collectHealth(w.deps, { monitors: [id] });
    expect(await w.deps.monitors.stateOf(id)).toMatchObject({ status: 'down', muted: false, sequence: 2 });
    // The next day is an exception.
    w.clock.advance(23 * 60 * 60_000);
    expect(await shown(w, id)).toBe('down');
  });

  it('that recurs is ended for this time, and comes the next time', async () => {
    const w = await watch();
    const { id } = await w.add('shop', { recurringMaintenance: [nightly] });
    w.clock.advance(10 * 60_000);
    const ended = await minutes(w, id, 0);
    expect(ended).toMatchObject({
      status: 'unknown',
      recurringMaintenance: [{ ...nightly, except: ['2026-11-22', '2026-11-21'] }],
    });
    w.clock.advance(2 * 24 * 60 * 60_000);
    expect(await shown(w, id)).toBe('maintenance');
  });

  it('keeps a change that is made at the same moment', async () => {
    const w = await watch();
    const { id } = await w.add('shop');
    const request = CreateMonitor.parse({ name: 'renamed', check: { type: 'tcp', host: 'a', port: 1 } });
    const [, renamed] = await Promise.allSettled([
      minutes(w, id, 5),
      replaceMonitor(w.deps, bySomebody, { ...request, id, version: 1 }),
    ]);
    const after = await w.deps.monitors.byId(id);
    expect(after?.name).toBe(renamed.status === 'fulfilled' ? 'renamed' : 'shop');
    expect(after?.maintenance).toHaveLength(1);
  });
});
