import { join } from 'node:path';
import { synthesise } from '../../local/emulator/synthesise.ts';
import { madeBundles } from './made-bundles.ts';
import { madeOnce, type Made } from './made-once.ts';
import { repository } from './tools/paths.ts';

/** A synthesised assembly of the stage `dev`, as the run on one machine has it, with these options. */
export const devAssembly = async (options: Readonly<Record<string, string>> = {}): Promise<Made> => {
  const name = ['dev', ...Object.entries(options).flat()].join('-');
  const made = await madeOnce(name, async (directory) => {
    let bundles: Made | undefined;
    await synthesise({
      root: repository,
      stage: 'dev',
      outdir: join(directory, 'cdk.out'),
      cache: join(repository, '.tocsin', 'assemblies'),
      options,
      context: async () => {
        bundles = await madeBundles();
        return { bundles: bundles.directory };
      },
    });
    bundles?.remove();
  });
  return { ...made, directory: join(made.directory, 'cdk.out') };
};
