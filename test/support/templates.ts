import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStages } from '../../infra/application.ts';
import { bundlesIn, type Bundles } from '../../infra/bundle.ts';
import { STAGES } from '../../infra/config.ts';
import { madeBundles } from './made-bundles.ts';
import { madeOnce, type Made } from './made-once.ts';
import { allOr } from './runs.ts';
import { repository } from './tools/paths.ts';

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;

export const STACKS = ['data', 'app', 'api', 'observability'] as const;
export type StackName = (typeof STACKS)[number];

/** What a stage's stacks are made of; `routes` are those of the nested stacks, each id behind the name of its stack. */
export type Templates = Readonly<Record<StackName | 'routes', Resources>>;

/** The stages that this suite tests. */
export const testedStages = (): readonly string[] => allOr(Object.keys(STAGES), ['prod']);

/** Files in place of the console, so that no test of templates builds it. */
export const consoleFixture = (): string => join(repository, 'test/fixtures/console');

/** The application with these stages, not synthesised yet: with the context of `cdk.json`, and without an account. */
const application = (outdir: string, bundles: Bundles): App => {
  const { context } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const app = new App({ outdir, context, treeMetadata: false });
  addStages(
    app,
    testedStages().flatMap((name) => STAGES[name] ?? []),
    bundles,
    consoleFixture,
  );
  return app;
};

/** A cloud assembly of the stages that are tested, by a synthesis that fails where cdk-nag has a finding. */
export const stagesAssembly = (): Promise<Made> =>
  madeOnce('stages', async (outdir) => {
    const bundles = await madeBundles();
    application(outdir, bundlesIn(bundles.directory)).synth();
    bundles.remove();
  });

export const templatesOf = async (stage: string): Promise<Templates> => {
  const { directory, remove } = await stagesAssembly();
  const read = (file: string): Resources =>
    (JSON.parse(readFileSync(join(directory, file), 'utf8')) as { readonly Resources: Resources }).Resources;
  const stacks = STACKS.map((name) => [name, read(`Tocsin-${stage}-${name}.template.json`)] as const);
  const nested = globSync(`Tocsin${stage}api*.nested.template.json`, { cwd: directory }).flatMap((file) => {
    const part = file.slice(`Tocsin${stage}apiHttpRoutes`.length, -'01234567.nested.template.json'.length);
    return Object.entries(read(file)).map(([id, resource]) => [`${part}/${id}`, resource]);
  });
  remove();
  return Object.fromEntries([...stacks, ['routes', Object.fromEntries(nested)]]) as Templates;
};

/** The resources of a type in these stacks, or in all, with their logical ids. */
export const ofType = (
  templates: Templates,
  type: string,
  ...names: readonly (keyof Templates)[]
): readonly (readonly [id: string, resource: Resource])[] =>
  (names.length > 0 ? names : [...STACKS, 'routes' as const]).flatMap((name) =>
    Object.entries(templates[name]).filter(([, { Type }]) => Type === type),
  );
