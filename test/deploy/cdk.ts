import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import type { Emulator } from './emulator.ts';

const cdk = join(repository, 'node_modules', '.bin', 'cdk');

/** Outputs of every stack, by stack name and output name. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Prepares the account for deployments, as anyone does once for an account and region. */
export async function bootstrap(emulator: Emulator): Promise<void> {
  await run(
    cdk,
    ['bootstrap', `aws://000000000000/${emulator.region}`, '--context', 'stage=dev', '--ci', '--no-notices'],
    {
      cwd: repository,
      env: { ...emulator.environment, PATH: projectPath },
      log: log('bootstrap'),
      timeoutMs: 180_000,
    },
  );
}

/** Synthesises the app and deploys the named stacks with all that they need. Throws with the reason of a roll back. */
export async function deploy(emulator: Emulator, stacks: readonly string[]): Promise<Outputs> {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-cdk-'));
  try {
    const outputs = join(directory, 'outputs.json');
    await run(
      cdk,
      [
        ...['deploy', ...stacks, '--output', join(directory, 'cdk.out'), '--outputs-file', outputs],
        ...['--context', 'stage=dev', '--require-approval', 'never', '--ci', '--no-notices', '--progress', 'events'],
      ],
      { cwd: repository, env: { ...emulator.environment, PATH: projectPath }, log: log('deploy'), timeoutMs: 480_000 },
    );
    return existsSync(outputs) ? (JSON.parse(await readFile(outputs, 'utf8')) as Outputs) : {};
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const log = (step: string): string => join(toolCache, 'logs', `cdk-${step}.log`);
