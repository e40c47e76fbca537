import { mkdtempSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openCertificate } from '../../../local/emulator/gateway/certificate.ts';
import { startRuntime, type Runtime, type RuntimeOptions } from '../../../local/emulator/runtime.ts';
import { fixtureAssembly } from '../../support/fixture-assembly.ts';

let assembly: string;
const running: Runtime[] = [];
const start = async (options: Partial<RuntimeOptions> = {}): Promise<Runtime> => {
  const runtime = await startRuntime({ assembly, stage: 'test', ...options });
  running.push(runtime);
  return runtime;
};
const otherCertificate = () => openCertificate(mkdtempSync(join(tmpdir(), 'certificate-')));
const statusOf = (address: string, ca: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(address, { ca }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
const json = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;

beforeAll(async () => {
  assembly = await fixtureAssembly();
}, 60_000);

afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.stop();
}, 30_000);

describe('a run', () => {
  test('serves the API, and its functions reach the services of this run only', async () => {
    const [one, two] = [await start(), await start()];
    expect(one.url).not.toBe(two.url);
    for (const runtime of [one, two]) {
      expect((await fetch(`${runtime.url}/things/fixed`)).status).toBe(200);
      const variables = (await runtime.lambdas.invoke('Fixture-test-runtime', { do: 'env' })) as Record<string, string>;
      expect(variables['AWS_ENDPOINT_URL_SQS']).toBe(runtime.services.endpoints['AWS_ENDPOINT_URL_SQS']);
    }
  });

  test('answers a local path with one content type, that of the path', async () => {
    const { url } = await start();
    const certificate = await fetch(`${url}/_local/sns/SimpleNotificationService.pem`);
    expect(certificate.headers.get('content-type')).toBe('application/x-pem-file');
    expect((await fetch(`${url}/_local/clock`)).headers.get('content-type')).toBe('application/json');
  });

  test('serves https with its certificate, which its functions trust', async () => {
    const certificate = await openCertificate(mkdtempSync(join(tmpdir(), 'certificate-')));
    const { url, lambdas, services } = await start({ certificate });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    for (const host of ['127.0.0.1', 'localhost']) {
      const address = `${url.replace('127.0.0.1', host)}/things/fixed`;
      expect(await statusOf(address, certificate.cert)).toBe(200);
      // A certificate of another authority is refused.
      await expect(statusOf(address, (await otherCertificate()).cert)).rejects.toThrow(/self-signed certificate/);
    }
    expect(await lambdas.invoke('Fixture-test-runtime', { do: 'fetch', url: `${url}/things/fixed` })).toBe(200);
    expect(services.endpoints['AWS_ENDPOINT_URL_SQS']).toMatch(/^http:/);
  });

  test('keeps its certificate between starts, and its key from others', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
    const made = await openCertificate(directory);
    expect(await openCertificate(directory)).toEqual(made);
    expect(statSync(join(directory, 'certificate-key.pem')).mode & 0o077).toBe(0);
  });

  test('moves its clock over HTTP, for the functions too', async () => {
    const { url } = await start();
    const before = Date.parse((await json(await fetch(`${url}/_local/clock`)))['now'] as string);
    const moved = await fetch(`${url}/_local/clock`, { method: 'POST', body: '{"advanceSeconds":7200}' });
    expect(await json(moved)).toMatchObject({ aheadSeconds: 7200, skipped: [] });
    const { now } = await json(await fetch(`${url}/`));
    expect((now as number) - before).toBeGreaterThanOrEqual(7_200_000);
  });

  test.each(['{"advanceSeconds":-1}', '{}', 'x'])('does not move its clock by %s', async (body) => {
    const { url } = await start();
    expect((await fetch(`${url}/_local/clock`, { method: 'POST', body })).status).toBe(400);
  });

  test('does not let a page of another site near its local paths', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/_local/clock`, { headers: { origin: 'https://evil.example' } });
    expect(response.status).toBe(403);
  });

  test('that is started again on its data knows its keys and its time', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'runtime-data-'));
    const first = await start({ dataDir });
    const key = first.usageKeys.createKey({ name: 'kept', enabled: true });
    await fetch(`${first.url}/_local/clock`, { method: 'POST', body: '{"advanceSeconds":3600}' });
    await first.stop();
    const second = await start({ dataDir });
    expect(second.usageKeys.findByValue(key.value)?.name).toBe('kept');
    expect(second.clock.now() - Date.now()).toBeGreaterThan(3_590_000);
  });

  test('finishes what runs before it stops', async () => {
    const runtime = await start();
    await fetch(`${runtime.url}/`);
    const slow = fetch(`${runtime.url}/?mode=slow`);
    await expect.poll(() => runtime.lambdas.running).toBe(1);
    await runtime.stop();
    expect((await slow).status).toBe(200);
  }, 20_000);

  test('takes over a new build while it serves', async () => {
    const runtime = await start();
    expect((await fetch(`${runtime.url}/`)).status).toBe(200);
    runtime.reload(await fixtureAssembly());
    expect((await fetch(`${runtime.url}/`)).status).toBe(200);
  }, 30_000);

  test('is refused on a port that is taken, and leaves nothing behind', async () => {
    const { url } = await start();
    await expect(start({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
