import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Dirent,
} from 'node:fs';
import { join } from 'node:path';

export interface SynthesiseOptions {
  readonly root: string;
  readonly stage: string;
  /** Replaced as a whole, and only when the synthesis succeeds. */
  readonly outdir: string;
  /** Directory in which assemblies stay for later runs, each under the digest of its sources. Several runs may share it. */
  readonly cache?: string;
  /** Leaves out `cdk.local.json`, so that the assembly is the one that would be deployed. */
  readonly isForDeployment?: true;
  /** Options of the application, above those of the files. */
  readonly options?: Readonly<Record<string, string>>;
  /** Context above all others, asked where there is a synthesis. It must not change the assembly. */
  readonly context?: () => Promise<Readonly<Record<string, string>>>;
}

interface CdkSettings {
  readonly app?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

const settingsIn = (file: string): CdkSettings =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CdkSettings) : {};

/**
 * Runs the CDK application of `cdk.json` as the CDK command line would, but in a third of the time: with its context, that
 * of `cdk.local.json` above it, for one stage, and without an account, so that the templates do not depend on who is logged
 * in where. Keeps what is there, or copies it from the cache, if it was made from the same sources: answers whether it made
 * another. Rejects with what the application wrote.
 */
export async function synthesise(options: SynthesiseOptions): Promise<boolean> {
  const { root, stage, outdir, cache, isForDeployment, options: chosen = {}, context: ask } = options;
  const sources = digestOfSources(root, [stage, ...Object.entries(chosen).flat()]);
  if (builtFrom(outdir) === sources) return false;
  if (cache && isTakenFrom(join(cache, sources), outdir)) return false;
  const { app, context = {} } = settingsIn(join(root, 'cdk.json'));
  const { context: own = {} } = isForDeployment ? {} : settingsIn(join(root, 'cdk.local.json'));
  const more = await ask?.();
  const fresh = `${outdir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const [command = 'node', ...parts] = (app ?? '').split(' ');
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_)/.test(name)));
  const child = spawn(command === 'node' ? process.execPath : command, parts, {
    cwd: root,
    env: {
      ...environment,
      CDK_OUTDIR: fresh,
      // A synthesis for a deployment validates the templates against the schemas of AWS. It takes a seventh of the time.
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...own, ...chosen, ...more, stage }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const end = (): unknown => child.kill();
  process.on('exit', end);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => process.off('exit', end));
  if (code !== 0 || !existsSync(join(fresh, 'manifest.json'))) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`The CDK application failed:\n${output.trim()}`);
  }
  writeFileSync(join(fresh, DIGEST), sources);
  replace(outdir, fresh);
  if (cache) keep(outdir, cache, sources);
  return true;
}

function replace(directory: string, fresh: string): void {
  rmSync(directory, { recursive: true, force: true });
  renameSync(fresh, directory);
}

/** Copies an assembly of the cache, and says whether it was there as a whole. */
function isTakenFrom(kept: string, outdir: string): boolean {
  if (builtFrom(kept) === undefined) return false;
  const fresh = `${outdir}.new`;
  try {
    rmSync(fresh, { recursive: true, force: true });
    cpSync(kept, fresh, { recursive: true });
    replace(outdir, fresh);
    return true;
  } catch {
    // Another run has removed it meanwhile, to make room for a later one.
    return false;
  }
}

const MOST_KEPT = 4;

/** A kept assembly appears as a whole and never changes, so a run may copy it at any time. The oldest make room. */
function keep(outdir: string, cache: string, sources: string): void {
  const unfinished = join(cache, `.${process.pid}`);
  try {
    mkdirSync(cache, { recursive: true });
    cpSync(outdir, unfinished, { recursive: true });
    renameSync(unfinished, join(cache, sources));
    const kept = readdirSync(cache)
      .map((name) => join(cache, name))
      .sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
    for (const old of kept.slice(MOST_KEPT)) rmSync(old, { recursive: true, force: true });
  } catch {
    // Another run was faster, or the disk is full; the next start builds again.
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** In the assembly: what it was made from. */
const DIGEST = 'sources.sha256';

/** All that a synthesis reads. */
const SOURCES = [
  '{functions,shared,infra,web/src}/**/*',
  'web/*.{html,json,ts}',
  'cdk*.json',
  'package-lock.json',
  'tsconfig.json',
];

function builtFrom(outdir: string): string | undefined {
  const file = join(outdir, DIGEST);
  return existsSync(file) && existsSync(join(outdir, 'manifest.json')) ? readFileSync(file, 'utf8') : undefined;
}

function digestOfSources(root: string, chosen: readonly string[]): string {
  const hash = createHash('sha256').update(`${process.version} ${chosen.join(' ')}`);
  for (const file of SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true })).sort(byPath)) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    hash.update(`\n${path}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function byPath(left: Dirent, right: Dirent): number {
  return join(left.parentPath, left.name) < join(right.parentPath, right.name) ? -1 : 1;
}
