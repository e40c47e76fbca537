import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
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
  const directory = temporaryDirectory('cdk');
  const outputs = join(directory, 'outputs.json');
  const where = ['--output', join(directory, 'cdk.out'), '--outputs-file', outputs];
  const how = ['--context', 'stage=dev', '--require-approval', 'never', '--ci', '--no-notices', '--progress', 'events'];
  await run(cdk, ['deploy', ...stacks, ...where, ...how], {
    cwd: repository,
    env: { ...emulator.environment, PATH: projectPath },
    log: log('deploy'),
    timeoutMs: 480_000,
  });
  return existsSync(outputs) ? (JSON.parse(await readFile(outputs, 'utf8')) as Outputs) : {};
}

const log = (step: string): string => join(toolCache, 'logs', `cdk-${step}.log`);
