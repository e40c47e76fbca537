import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { readAssembly, type CloudAssembly } from './assembly.ts';
import { movableClock, type MovableClock } from './clock.ts';
import { createCustomResources } from './custom-resources.ts';
import { readEdge } from './edge/distribution.ts';
import type { Certificate } from './gateway/certificate.ts';
import { startGateway, type Gateway, type LocalRoute } from './gateway/server.ts';
import { UsageKeys } from './gateway/usage.ts';
import { startLambdas, type LocalLambdas } from './lambda/lambdas.ts';
import { localClockRoutes } from './local-routes.ts';
import { restoreClock } from './saved-clock.ts';
import type { Application } from './services/application.ts';
import { startServices } from './services/index.ts';
import type { LocalLog } from './types.ts';

export interface RuntimeOptions {
  /** Directory of a synthesised cloud assembly. */
  readonly assembly: string;
  readonly stage: string;
  /** Of the gateway; 0 or absent for any that is free. */
  readonly port?: number;
  /** The gateway serves https with it, and this run trusts it; absent: http. */
  readonly certificate?: Certificate | undefined;
  /** Where state is kept across runs; absent: in memory, gone with the run. */
  readonly dataDir?: string | undefined;
  /** How far the clock begins ahead of the machine's; it is further where it was moved in an earlier run. */
  readonly aheadMs?: number;
  /** Values of parameters of Systems Manager by name; they win over what would be generated. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly log?: LocalLog;
  /** What functions write, in chunks. */
  readonly onOutput?: (functionName: string, chunk: string) => void;
  /** Execution environments per function at most. */
  readonly maxEnvironments?: number;
  /** Invocations of all functions that run at the same time at most, as the quota of an account; absent: unlimited. */
  readonly concurrency?: number | undefined;
  /** Execution environments of all functions that may rest for long; a few if absent, which spares memory. */
  readonly restingEnvironments?: number;
  /**
   * Whether functions reach DynamoDB through a proxy, which holds them to their roles and can be made to fail, as the other
   * services do and can; they do unless this is false, which spares a hop.
   */
  readonly dynamoFront?: boolean;
  /** What the application brings along that is none of AWS. */
  readonly application?: Application;
}

export interface Runtime {
  /** Address of the API, without a slash at the end. */
  readonly url: string;
  /** Address of the HTTP API, where the template has one. */
  readonly httpApiUrl: string | undefined;
  readonly assembly: CloudAssembly;
  readonly clock: MovableClock;
  readonly lambdas: LocalLambdas;
  readonly services: Awaited<ReturnType<typeof startServices>>;
  readonly usageKeys: UsageKeys;
  /** Resolves when no function runs and nothing waits in a stream, a queue or a topic. */
  idle(): Promise<void>;
  /** Reads the assembly again: functions and API are those of the new one. Tables, queues and topics stay as they are. */
  reload(assemblyDirectory: string): void;
  /** Takes no more requests, finishes what runs, delivers what waits (for some seconds), then closes the state. */
  stop(): Promise<void>;
}

// What waits longer is kept on disk and delivered by the next run.
const drainMs = 5_000;
const instantMs = 60_000;

/**
 * Runs one stage of a cloud assembly on this machine. Every server listens on 127.0.0.1; several runs beside each
 * other share nothing but the machine, unless they are given the same data directory. Rejects when the port is taken,
 * and leaves nothing behind then.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { certificate, dataDir, log = () => undefined, onOutput = () => undefined } = options;
  let assembly = readAssembly(options.assembly, options.stage);
  if (certificate) setDefaultCACertificates([...getCACertificates('default'), certificate.cert]);
  const clock = movableClock(log);
  const saved = restoreClock(clock, dataDir && join(dataDir, 'clock.json'), options.aheadMs);
  const usageKeys = new UsageKeys({ assembly, clock, ...(dataDir ? { file: join(dataDir, 'usage-keys.json') } : {}) });
  const lambdas = startLambdas({
    assembly,
    clock,
    onOutput,
    trustedCertificate: certificate?.cert,
    places: options.restingEnvironments,
    concurrency: options.concurrency,
    ...(options.maxEnvironments === undefined ? {} : { maxEnvironments: options.maxEnvironments }),
  });

  let edge = readEdge(assembly);
  let gateway: Gateway | undefined;
  const services = await startServices({
    assembly,
    lambdas,
    clock,
    log,
    dataDir,
    usageKeys,
    parameters: options.parameters ?? {},
    publicUrl: () => gateway?.url ?? '',
    dynamoFront: options.dynamoFront ?? true,
    ...(options.application && { application: options.application }),
  });
  clock.onInstant(() => atMost(services.flush(), instantMs));
  const clockRoutes = localClockRoutes(clock, saved.save, () => services.takeSkipped());
  const localRoutes: LocalRoute = async (method, path, body, headers) =>
    (await clockRoutes(method, path, body, headers)) ?? (await services.localRoutes(method, path, body, headers));
  try {
    await createCustomResources(assembly, lambdas, services.endpoints);
    gateway = await startGateway({
      assembly,
      lambdas,
      clock,
      log,
      usageKeys,
      port: options.port ?? 0,
      certificate,
      localRoutes,
      servedFile: (path) => services.servedFile(path),
      edge: (method, path) => edge(method, path),
      localValue: (value) => localValue(value, assembly, services.endpoints, gateway?.url ?? ''),
    });
  } catch (error) {
    await services.stop();
    await lambdas.stop();
    clock.stop();
    throw error;
  }
  const { url, httpApiUrl } = gateway;
  lambdas.configure(services.endpoints, (value) => localValue(value, assembly, services.endpoints, url));
  // Authorizers and the functions behind the API are on the path of a person who waits.
  lambdas.warm(assembly.byType('AWS::ApiGateway::Authorizer').map((each) => String(each.properties['AuthorizerUri'])));

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await gateway.stop();
    await atMost(services.flush(), drainMs);
    await services.stop();
    await lambdas.stop();
    saved.save();
    usageKeys.flush();
    clock.stop();
  };
  return {
    url,
    httpApiUrl,
    get assembly() {
      return assembly;
    },
    clock,
    lambdas,
    services,
    usageKeys,
    idle: () => services.flush(),
    reload: (directory) => {
      const next = readAssembly(directory, options.stage);
      gateway.reload(next);
      edge = readEdge(next);
      lambdas.reload(next);
      services.reload(next);
      assembly = next;
    },
    stop: () => (stopping ??= stop()),
  };
}

/**
 * The template's environment names hosts on AWS where a URL was built from `Ref`s. The SDK follows a queue's URL
 * rather than the endpoint, and links in messages should open: both become addresses of this machine.
 */
function localValue(
  value: string,
  assembly: CloudAssembly,
  endpoints: Readonly<Record<string, string>>,
  url: string,
): string {
  if (!value.includes('https://')) return value;
  const sqs = endpoints['AWS_ENDPOINT_URL_SQS'];
  let local = sqs ? value.replaceAll(/https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com/g, sqs) : value;
  for (const stage of assembly.byType('AWS::ApiGateway::Stage')) {
    const api = stage.properties['RestApiId'];
    const host = `https://${api}.execute-api.${assembly.region}.amazonaws.com/${stage.physicalId}`;
    local = local.replaceAll(`${host}/`, `${url}/`).replaceAll(host, url);
  }
  return local;
}

function atMost(work: Promise<void>, milliseconds: number): Promise<void> {
  let alarm: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    alarm = setTimeout(resolve, milliseconds);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(alarm));
}
