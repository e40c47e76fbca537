import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { administratorLogin, administratorPassword } from './administrator.ts';
import { banner } from './banner.ts';
import { lockDirectory } from './data-lock.ts';
import { functionLogs } from './function-logs.ts';
import { synthesise } from '../emulator/synthesise.ts';
import type { LocalLog } from '../emulator/types.ts';
import { standIns } from './stand-ins/stand-ins.ts';
import { stopOnSignals } from './stop.ts';
import { watchSources } from './watch.ts';

const usage = `Runs the synthesised application on this machine.

  npm start [-- flags]     npm run dev   (the same with --watch)

  --port <n>    port of the API, 8787 if not given (also PORT)
  --https       serve https with a certificate of this machine, kept with the data
  --memory      keep nothing: state is gone when the run ends
  --watch       rebuild and restart the functions when a source file changes
  --concurrency <n>  executions of all functions at the same time, as the quota of an account; unlimited if not given
  --quiet       do not print what the functions log
  -c <name=value>   an option of a deployment, such as gradual=true or sms=end-user-messaging; may be given again

  TOCSIN_STAGE            stage to run, dev if not given
  TOCSIN_ADMIN_PASSWORD   first password of the first administrator; ignored once they have logged in`;

const FLAGS = {
  port: { type: 'string' },
  https: { type: 'boolean', default: false },
  memory: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  concurrency: { type: 'string' },
  quiet: { type: 'boolean', default: false },
  context: { type: 'string', short: 'c', multiple: true, default: [] as string[] },
  help: { type: 'boolean', default: false },
} as const;

process.env['TZ'] = 'UTC';
const root = resolve(import.meta.dirname, '../..');
const started = performance.now();
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const endBy = stopOnSignals(print);

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help) {
    print(usage);
    return;
  }
  const stage = process.env['TOCSIN_STAGE'] || 'dev';
  const port = portIn(flags.port ?? process.env['PORT'] ?? '8787');
  const home = flags.memory ? mkdtempSync(join(tmpdir(), 'tocsin-')) : join(root, '.tocsin');
  if (flags.memory) process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  mkdirSync(home, { recursive: true });
  const outdir = join(home, 'cdk.out');
  const cache = join(root, '.tocsin', 'assemblies');
  const dataDir = flags.memory ? undefined : join(home, 'data', stage);
  const logDirectory = join(home, 'logs');
  // A run that was killed a moment ago still has its port until it is gone.
  if (dataDir) await lockDirectory(dataDir);
  await refuseTakenPort(port);

  print(`Building the functions and synthesising stage ${stage} …`);
  const options = Object.fromEntries(flags.context.map(optionIn));
  const isNew = await synthesise({ root, stage, outdir, cache, options });
  print(`${isNew ? 'Synthesised' : 'Nothing has changed since the last build, ready'} after ${seconds()}; starting …`);

  const { startRuntime } = await import('../emulator/runtime.ts');
  const { openCertificate } = await import('../emulator/gateway/certificate.ts');
  let now = (): number => Date.now();
  const logs = functionLogs(logDirectory, () => now(), flags.quiet ? () => undefined : print);
  const log: LocalLog = (source, message, detail) => {
    const line = `${new Date(now()).toISOString().slice(11, 19)} ${source} ${message}`;
    logs.write('local-run', `${line}${detail === undefined ? '' : ` ${text(detail)}`}\n`, false);
    if (source !== 'access' || !flags.quiet) print(detail === undefined ? line : `${line} ${text(detail)}`);
  };
  const certificate = flags.https ? await openCertificate(dataDir ?? home) : undefined;
  const password = process.env['TOCSIN_ADMIN_PASSWORD'] || undefined;
  const runtime = await startRuntime({
    assembly: outdir,
    stage,
    port,
    concurrency: flags.concurrency === undefined ? undefined : concurrencyIn(flags.concurrency),
    certificate,
    dataDir,
    parameters: password ? administratorPassword(stage, password) : {},
    log,
    application: standIns,
    onOutput: (name, chunk) => logs.write(name, chunk),
  });
  now = runtime.clock.now;

  print(
    banner({
      url: runtime.url,
      hasConsole: runtime.assembly.byType('AWS::CloudFront::Distribution').length > 0,
      httpApiUrl: runtime.httpApiUrl,
      certificateFile: certificate?.file,
      stage,
      login: await administratorLogin(runtime),
      wantedPassword: password,
      dataDirectory: dataDir,
      logDirectory,
      aheadSeconds: Math.round((runtime.clock.now() - Date.now()) / 1000),
      startedInMs: performance.now() - started,
    }),
  );

  let built = outdir;
  const unwatch = flags.watch
    ? watchSources(root, ['functions', 'shared', 'infra'], async () => {
        const from = performance.now();
        try {
          // Never over the build that runs: it stays the last good one when this one cannot be read.
          const other = built === outdir ? `${outdir}.2` : outdir;
          await synthesise({ root, stage, outdir: other, cache, options });
          runtime.reload(other);
          built = other;
          print(
            `Rebuilt in ${((performance.now() - from) / 1000).toFixed(1)} s; new tables, queues and topics need a restart`,
          );
        } catch (error) {
          print(`${error instanceof Error ? error.message : String(error)}\nThe last good build keeps running.`);
        }
      })
    : () => undefined;

  endBy(async () => {
    unwatch();
    await runtime.stop();
    await logs.close();
  });
}

/** The flags of the command. Throws for an unknown one, and for one that npm took because no `--` was before it. */
function readFlags() {
  const taken = ['memory', 'port', 'https', 'watch'].find((name) => process.env[`npm_config_${name}`] !== undefined);
  if (taken !== undefined)
    throw new Error(`npm took --${taken} for itself. Write -- before it: npm start -- --${taken}`);
  try {
    return parseArgs({ options: FLAGS }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}. npm start -- --help lists the flags.`, { cause: error });
  }
}

function optionIn(text: string): readonly [name: string, value: string] {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`-c takes a name and a value: -c smsReplies=true`);
  return [name, value];
}

function portIn(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Error(`${text} is no port. Choose a number from 0 to 65535; 0 takes any free port.`);
}

function concurrencyIn(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`${text} is no number of executions. Choose a whole number from 1.`);
}

async function refuseTakenPort(port: number): Promise<void> {
  if (port === 0) return;
  const free = await new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
  if (!free) {
    throw new Error(
      `Port ${port} is taken, perhaps by another run. Stop it, or choose another port: npm start -- --port ${port + 1}`,
    );
  }
}

function seconds(): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function text(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
