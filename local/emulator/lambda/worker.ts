/**
 * The runtime of one execution environment, in a worker thread: it moves `Date`, loads the handler, then handles one
 * invocation at a time. Whatever the handler throws, rejects or leaves unhandled becomes a failure of the invocation.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { Failure, Invocation, WorkerMessage, WorkerStart } from './protocol.ts';

type Callback = (error?: unknown, result?: unknown) => void;
type Handler = (event: unknown, context: object, callback: Callback) => unknown;

const start = workerData as WorkerStart;
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread only');
/** Called once, after the first invocation. */
let keepCompiled = (): void => undefined;
const send = (message: WorkerMessage): void => port.postMessage(message);

moveDate(new Float64Array(start.clockOffset));
if (start.trustedCertificate) setDefaultCACertificates([...getCACertificates('default'), start.trustedCertificate]);

process.on('unhandledRejection', (reason) => giveUp('Runtime.UnhandledPromiseRejection', reason));
process.on('uncaughtException', (error) => giveUp(undefined, error));

try {
  const handler = await loadHandler();
  let first = true;
  port.on('message', (invocation: Invocation) => {
    void handle(handler, invocation).then(() => {
      if (first) setImmediate(keepCompiled);
      first = false;
    });
  });
  send({ kind: 'ready' });
} catch (error) {
  giveUp(error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : undefined, error);
}

async function handle(handler: Handler, invocation: Invocation): Promise<void> {
  process.env['_X_AMZN_TRACE_ID'] = invocation.traceId;
  let message: WorkerMessage;
  try {
    const result = await call(handler, invocation);
    message = { kind: 'result', requestId: invocation.requestId, result: JSON.stringify(result ?? null) };
  } catch (error) {
    message = { kind: 'failure', requestId: invocation.requestId, failure: failureOf(error) };
  }
  send(message);
}

function call(handler: Handler, invocation: Invocation): unknown {
  const deadline = performance.now() + invocation.timeoutMs;
  const base = {
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    memoryLimitInMB: String(start.memoryMb),
    awsRequestId: invocation.requestId,
    logGroupName: start.logGroup,
    logStreamName: start.logStream,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  };
  const event: unknown = JSON.parse(invocation.event);
  if (handler.length < 3) return handler(event, base, () => undefined);
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => (error ? reject(error as Error) : resolve(result));
    const context = {
      ...base,
      done: callback,
      succeed: (result: unknown) => callback(undefined, result),
      fail: (error: unknown) => callback(error ?? new Error('unknown')),
    };
    const returned = handler(event, context, callback);
    if (typeof (returned as PromiseLike<unknown> | undefined)?.then === 'function') resolve(returned);
  });
}

async function loadHandler(): Promise<Handler> {
  const match = /^(.*)\.([^./]+)$/.exec(start.handler);
  const [, path = '', name = ''] = match ?? [];
  const found = ['.js', '.mjs', '.cjs'].map((extension) => join(start.directory, path + extension)).find(existsSync);
  if (!found) throw named('Runtime.ImportModuleError', `Cannot find module '${path}' in ${start.directory}`);
  const loaded = (found.endsWith('.js') ? loadScript(found) : await import(pathToFileURL(found).href)) as Record<
    string,
    unknown
  >;
  const handler = loaded[name] ?? (loaded['default'] as Record<string, unknown> | undefined)?.[name];
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${start.handler} is undefined or not exported`);
  }
  return handler as Handler;
}

// On Lambda a `.js` file without a package.json is CommonJS. Here a package.json of some parent directory could say
// otherwise, so the file is compiled as CommonJS unless its own directory has one.
function loadScript(file: string): unknown {
  const require = createRequire(file);
  if (existsSync(join(dirname(file), 'package.json'))) return require(file);
  const [head = '', tail = ''] = (Module as unknown as { readonly wrapper: readonly string[] }).wrapper;
  const cachedData = start.compiled && existsSync(start.compiled) ? readFileSync(start.compiled) : undefined;
  const script = new Script(head + readFileSync(file, 'utf8') + tail, {
    filename: file,
    columnOffset: -head.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  });
  if (start.compiled && script.cachedDataRejected !== false) keepCompiled = () => keep(script, start.compiled ?? '');
  const module = { exports: {} };
  (script.runInThisContext() as (...parts: unknown[]) => void)(module.exports, require, module, file, dirname(file));
  return module.exports;
}

/** Keeps what an invocation has compiled for environments to come: compiling is more than a third of their start. */
function keep(script: Script, file: string): void {
  try {
    const unfinished = `${file}.${process.pid}.${threadId}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, file);
  } catch {
    // The assembly was removed or cannot be written: the next environment compiles by itself.
  }
}

function giveUp(errorType: string | undefined, error: unknown): void {
  const failure = failureOf(error);
  send({ kind: 'fatal', failure: errorType ? { ...failure, errorType } : failure });
  // The message must leave before the thread does.
  setImmediate(() => process.exit(1));
}

function failureOf(error: unknown): Failure {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      stackTrace: (error.stack ?? '').split('\n').slice(1, 12),
    };
  }
  return { errorType: typeof error, errorMessage: typeof error === 'string' ? error : JSON.stringify(error) };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function moveDate(ahead: Float64Array): void {
  const RealDate = Date;
  const now = (): number => Math.floor(RealDate.now() + (ahead[0] ?? 0));
  function MovedDate(this: unknown, ...parts: unknown[]): unknown {
    if (!new.target) return new RealDate(now()).toString();
    return Reflect.construct(
      RealDate,
      parts.length === 0 ? [now()] : parts,
      (new.target as unknown) === MovedDate ? RealDate : new.target,
    );
  }
  Object.setPrototypeOf(MovedDate, RealDate);
  Object.defineProperty(MovedDate, 'name', { value: 'Date' });
  MovedDate.prototype = RealDate.prototype as unknown;
  RealDate.prototype.constructor = MovedDate as unknown as DateConstructor;
  MovedDate.now = now;
  globalThis.Date = MovedDate as unknown as DateConstructor;
}
