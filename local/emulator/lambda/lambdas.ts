import type { CloudAssembly } from '../assembly.ts';
import type { Lambdas, Settled } from '../types.ts';
import type { MovableClock } from '../clock.ts';
import { functionFailure, isThrottled, THROTTLED } from './failure.ts';
import { lineSplitter } from './output.ts';
import { functionPool, type FunctionPool } from './pool.ts';
import { restOf } from './rest.ts';
import { functionSettings, lambdaVariables, type FunctionSettings } from './settings.ts';

/** Limit of a synchronous invocation, for the event and for the result. */
const payloadLimitBytes = 6 * 1024 * 1024;

export interface LambdasOptions {
  readonly assembly: CloudAssembly;
  readonly clock: Pick<MovableClock, 'offset'>;
  /** Execution environments per function at most; reserved concurrency lowers it. */
  readonly maxEnvironments?: number;
  /** Invocations of all functions that run at the same time at most, as the quota of an account; absent: unlimited. */
  readonly concurrency?: number | undefined;
  /** How many environments of all functions may rest for long; a few if absent, which spares memory. */
  readonly places?: number | undefined;
  /** PEM of a certificate that functions trust besides the usual ones. */
  readonly trustedCertificate?: string | undefined;
  /** What a function writes, in chunks as they come. */
  readonly onOutput: (functionName: string, chunk: string) => void;
}

// A burst shorter than this is served by the environments that are there: starting another costs more than waiting.
const PATIENCE_MS = 20;
// So many environments of all functions hold some 500 MB. One more takes the time of those that run as well, so it is for long bursts.
const CROWD = 20;
const PATIENCE_IN_A_CROWD_MS = 250;

/** The functions of one run, and the handles that only the run itself needs. */
export interface LocalLambdas extends Lambdas {
  /** JSON in, JSON out: for callers that hold the text already. Rejects with a `FunctionFailure`. */
  invokeText(name: string, event: string): Promise<string>;
  /**
   * Local addresses, known only once the services listen; invocations wait until then. `replace` rewrites values of the
   * template's environment: a URL that names a host on AWS becomes one that names this machine.
   */
  configure(variables: Readonly<Record<string, string>>, replace?: (value: string) => string): void;
  /** Invokes a function before there is an API, as CloudFormation does at a deployment. It knows these variables of the services. */
  invokeAtDeployment(variables: Readonly<Record<string, string>>, name: string, event: unknown): Promise<void>;
  /** Starts an environment of each function whose name or ARN is given. */
  warm(names: readonly string[]): void;
  /** Takes over the code and settings of another assembly; what runs is finished by the old code. */
  reload(assembly: CloudAssembly): void;
  readonly names: readonly string[];
  /** Invocations that run or wait. */
  readonly running: number;
  stop(): Promise<void>;
}

export function startLambdas(options: LambdasOptions): LocalLambdas {
  const listeners: ((functionName: string, settled: Settled) => void)[] = [];
  const lineListeners: ((functionName: string, line: string) => void)[] = [];
  const concurrency = options.concurrency ?? Number.POSITIVE_INFINITY;
  let executing = 0;
  let configured = false;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const pools = new Map<string, FunctionPool>();
  const rest = restOf(options.places === undefined ? {} : { places: options.places });
  const settings = new Map<string, FunctionSettings>();
  const resolved = new Map<string, string>();
  let assembly = options.assembly;
  let local: Readonly<Record<string, string>> = {};
  let replace = (value: string): string => value;

  const load = (): void => {
    resolved.clear();
    for (const resource of assembly.byType('AWS::Lambda::Function')) {
      const found = functionSettings(resource, assembly);
      if (!found) continue;
      settings.set(found.name, found);
      const existing = pools.get(found.name);
      if (existing) existing.recycle(found);
      else pools.set(found.name, openPool(found));
    }
  };

  const environments = (): number => [...pools.values()].reduce((sum, pool) => sum + pool.environments, 0);

  const openPool = (found: FunctionSettings): FunctionPool => {
    const split = lineSplitter((line) => {
      for (const listener of lineListeners) listener(found.name, line);
    });
    return functionPool({
      settings: found,
      env: () => {
        const now = settings.get(found.name) ?? found;
        const rewritten = Object.entries(now.variables).map(([key, value]) => [key, replace(value)]);
        return { ...lambdaVariables(now, assembly.region), ...Object.fromEntries(rewritten), ...local };
      },
      clockOffset: options.clock.offset,
      trustedCertificate: options.trustedCertificate,
      // Where executions are limited, each has an environment of its own, as on Lambda.
      maxEnvironments: Math.min(
        options.concurrency ?? options.maxEnvironments ?? 4,
        found.reservedConcurrency ?? Number.POSITIVE_INFINITY,
      ),
      patienceMs: () =>
        options.concurrency === undefined && environments() >= CROWD ? PATIENCE_IN_A_CROWD_MS : PATIENCE_MS,
      rest,
      onOutput: (chunk) => {
        split(chunk);
        options.onOutput(found.name, chunk);
      },
    });
  };

  // By name, ARN, qualified ARN or integration URI.
  const nameOf = (name: string): string => {
    if (pools.has(name)) return name;
    let known = resolved.get(name);
    if (!known) {
      known = assembly.find(name)?.physicalId ?? name;
      resolved.set(name, known);
    }
    return known;
  };

  const invokeText = async (name: string, event: string): Promise<string> => {
    if (!configured) await opened;
    return invokeNow(name, event);
  };

  const invokeNow = async (name: string, event: string): Promise<string> => {
    const functionName = nameOf(name);
    const pool = pools.get(functionName);
    if (!pool) {
      throw functionFailure({ errorType: 'ResourceNotFoundException', errorMessage: `Function not found: ${name}` });
    }
    if (event.length > payloadLimitBytes) {
      const errorMessage = `Request must be smaller than ${payloadLimitBytes} bytes for the InvokeFunction operation`;
      throw functionFailure({ errorType: 'RequestEntityTooLargeException', errorMessage });
    }
    const begun = performance.now();
    let failed = true;
    let throttled = false;
    executing += 1;
    try {
      if (executing > concurrency) throw functionFailure({ errorType: THROTTLED, errorMessage: 'Rate Exceeded.' });
      const result = await pool.invoke(event);
      if (result.length > payloadLimitBytes) {
        const errorMessage = `Response payload size exceeded maximum allowed payload size (${payloadLimitBytes} bytes).`;
        throw functionFailure({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
      }
      failed = false;
      return result;
    } catch (error) {
      throttled = isThrottled(error);
      throw error;
    } finally {
      executing -= 1;
      const durationMs = performance.now() - begun;
      for (const listener of listeners) listener(functionName, { failed, throttled, durationMs });
    }
  };

  load();
  return {
    invokeText,
    invoke: async (name, event) => JSON.parse(await invokeText(name, JSON.stringify(event ?? null))) as unknown,
    invokeAtDeployment: async (variables, name, event) => {
      local = variables;
      await invokeNow(name, JSON.stringify(event));
    },
    onSettled: (listener) => {
      listeners.push(listener);
    },
    onLine: (listener) => {
      lineListeners.push(listener);
    },
    configure: (variables, rewrite) => {
      local = variables;
      if (rewrite) replace = rewrite;
      configured = true;
      open();
    },
    warm: (names) => {
      for (const name of names) pools.get(nameOf(name))?.warm();
    },
    reload: (next) => {
      assembly = next;
      load();
    },
    get names() {
      return [...pools.keys()];
    },
    get running() {
      return [...pools.values()].reduce((sum, pool) => sum + pool.running, 0);
    },
    stop: async () => {
      rest.stop();
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
}
