import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Emulator } from './emulator.ts';

// The emulator listens on this machine, and a check of it must reach it.
const stage = ['--context', 'stage=dev', '--context', 'targetRanges=127.0.0.0/8'];
const cdk = join(repository, 'node_modules', '.bin', 'cdk');

/** Prepares the account for deployments, as anyone does once for an account and region. */
export async function bootstrap(emulator: Emulator): Promise<void> {
  await run(cdk, ['bootstrap', `aws://000000000000/${emulator.region}`, ...stage, '--ci', '--no-notices'], {
    cwd: repository,
    env: { ...emulator.environment, PATH: projectPath },
    log: log('bootstrap'),
    timeoutMs: 180_000,
  });
}

/** Names of the stacks that the app makes of the stage. */
export async function listStacks(emulator: Emulator): Promise<readonly string[]> {
  const printed = await run(cdk, ['list', ...stage, '--no-notices', '--output', temporaryDirectory('cdk-list')], {
    cwd: repository,
    env: { ...emulator.environment, PATH: projectPath },
    log: log('list'),
  });
  return [...printed.matchAll(/^Tocsin-\S+/gm)].map(([name]) => name);
}

/**
 * Synthesises the app and deploys all stacks of the stage, with further options of the command line. Gives the names of those that the CLI says it completed, and
 * throws with the reason of a roll back.
 */
export async function deploy(emulator: Emulator, options: readonly string[] = []): Promise<readonly string[]> {
  const how = ['--require-approval', 'never', '--ci', '--no-notices', '--progress', 'events'];
  const printed = await run(
    cdk,
    ['deploy', '--all', ...stage, ...options, ...how, '--output', temporaryDirectory('cdk')],
    {
      cwd: repository,
      env: { ...emulator.environment, PATH: projectPath },
      log: log('deploy'),
      timeoutMs: 480_000,
    },
  );
  return [...printed.matchAll(/^\s*✅\s+(Tocsin-\S+)/gm)].map(([, name = '']) => name);
}

const log = (step: string): string => join(toolCache, 'logs', `cdk-${step}.log`);
