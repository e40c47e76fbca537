import { join } from 'node:path';
import { bundleFunctions } from '../../infra/bundle.ts';
import { run } from '../support/tools/child.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Emulator } from './emulator.ts';

export interface Deployment {
  readonly stage?: string;
  /** Further options of the deployment: `restored=…`. */
  readonly options?: readonly string[];
  /** The app, where it is not that of `cdk.json`. */
  readonly app?: string;
  /** Changes stacks without a change set, which the CLI waits for twice: where how a change set is made was checked before. */
  readonly isDirect?: true;
}

const cdkCommand = join(repository, 'node_modules', '.bin', 'cdk');

/** The CDK CLI as it is installed, against an emulator. All deployments share one set of bundles. */
export const cdkOn = (emulator: Emulator) => {
  const bundles = temporaryDirectory('bundles');
  bundleFunctions(bundles);

  const settings = (step: string) => ({
    env: { ...emulator.environment, PATH: projectPath },
    log: join(toolCache, 'logs', `cdk-${step}.log`),
    timeoutMs: 480_000,
  });
  /** The assembly of the last deployment of each stage, by which it is destroyed. */
  const deployed = new Map<string, string>();
  const cdk = (
    step: string,
    args: readonly string[],
    { stage = 'dev', options = [], app }: Deployment = {},
    assembly = temporaryDirectory('cdk'),
  ) => {
    const context = [
      `stage=${stage}`,
      `bundles=${bundles}`,
      // The emulator listens on this machine, and a check of it must reach it.
      'targetRanges=127.0.0.0/8',
      // It has no CloudFront with origin access control.
      'edge=false',
      ...options,
    ].flatMap((each) => ['--context', each]);
    const output = [...(app === assembly ? [] : ['--output', assembly]), '--ci', '--no-notices'];
    const of = app === undefined ? [] : ['--app', app];
    return run(cdkCommand, [...args, ...of, ...context, ...output], { ...settings(step), cwd: repository });
  };

  return {
    /** Prepares the account for deployments, as anyone does once for an account and region. It needs no app. */
    bootstrap: async (): Promise<void> => {
      await run(cdkCommand, ['bootstrap', `aws://000000000000/${emulator.region}`, '--ci', '--no-notices'], {
        ...settings('bootstrap'),
        cwd: temporaryDirectory('bootstrap'),
      });
    },
    /**
     * Synthesises the app and deploys all stacks of the stage. Gives the names of those that the CLI says it completed, and throws with
     * the reason of a roll back.
     */
    deploy: async (deployment?: Deployment): Promise<readonly string[]> => {
      const how = ['--require-approval', 'never', '--progress', 'events'];
      const method = deployment?.isDirect ? ['--method', 'direct'] : [];
      const assembly = temporaryDirectory('cdk');
      const printed = await cdk('deploy', ['deploy', '--all', ...how, ...method], deployment, assembly);
      if (deployment?.app === undefined) deployed.set(deployment?.stage ?? 'dev', assembly);
      return [...printed.matchAll(/^\s*✅\s+(Tocsin-\S+)/gm)].map(([, name = '']) => name);
    },
    /** Destroys stacks as they were deployed last, with those that use them. Gives the names of all that went. */
    destroy: async (stacks: readonly string[], deployment?: Deployment): Promise<readonly string[]> => {
      const assembly = deployed.get(deployment?.stage ?? 'dev');
      const of = assembly === undefined ? deployment : { ...deployment, app: assembly };
      const printed = await cdk('destroy', ['destroy', ...stacks, '--force'], of, assembly);
      return [...printed.matchAll(/^\s*✅\s+(Tocsin-\S+): destroyed/gm)].map(([, name = '']) => name);
    },
  };
};

export type Cdk = ReturnType<typeof cdkOn>;
