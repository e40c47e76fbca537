import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageKeys } from '../../../local/emulator/gateway/usage.ts';
import { startServices } from '../../../local/emulator/services/index.ts';
import type { Resource } from '../../../local/emulator/types.ts';
import { assemblyOf, credentials, lambdasOf, region, silent, testClock, type Handler } from './support.ts';

const cleanups: (() => unknown)[] = [];

/** For `afterEach`: ends what the test started, last first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export function onCleanUp(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-services-'));
  onCleanUp(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** All services of the resources, and what a client of the SDK needs to reach each. */
export async function start(
  resources: readonly Resource[],
  options: {
    readonly handlers?: Record<string, Handler>;
    readonly dataDir?: string;
    readonly parameters?: Record<string, string>;
    readonly publicUrl?: string;
    readonly faults?: boolean;
  } = {},
) {
  const clock = testClock();
  const assembly = assemblyOf(...resources);
  const services = await startServices({
    assembly,
    lambdas: lambdasOf(options.handlers ?? {}),
    clock,
    log: silent,
    dataDir: options.dataDir,
    usageKeys: new UsageKeys({ assembly, clock }),
    parameters: options.parameters ?? {},
    publicUrl: () => options.publicUrl ?? 'http://127.0.0.1:8787',
    dynamoFront: options.faults ?? false,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= services.stop().finally(() => clock.stop()));
  onCleanUp(stop);
  const client = (service: string) => ({
    endpoint: services.endpoints[`AWS_ENDPOINT_URL_${service}`] as string,
    region,
    credentials,
    maxAttempts: 1,
  });
  const localJson = async (method: string, path: string, body?: object) => {
    const answer = await services.localRoutes(method, path, body && JSON.stringify(body));
    return answer && { status: answer.status, body: JSON.parse(answer.body) as { items: Record<string, string>[] } };
  };
  return { services, clock, stop, client, localJson };
}
