import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStages } from '../../infra/application.ts';
import { bundleFunctions } from '../../infra/bundle.ts';
import { STAGES } from '../../infra/config.ts';
import { repository } from './tools/paths.ts';
import { temporaryDirectory } from './tools/temporary-directory.ts';

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;

export const STACKS = ['data', 'app', 'api', 'observability'] as const;
export type StackName = (typeof STACKS)[number];

/** What a stage's stacks are made of. */
export type Templates = Readonly<Record<StackName, Resources>>;

/** The application with these stages, not synthesised yet: with the context of `cdk.json`, and without an account. */
export const applicationOf = (...names: readonly string[]): App => {
  const { context } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  const app = new App({ outdir: temporaryDirectory('templates'), context });
  addStages(
    app,
    Object.values(STAGES).filter(({ name }) => names.includes(name)),
    bundleFunctions(),
  );
  return app;
};

/** The templates of a stage, by a synthesis of the application, which happens once. */
export const templatesOf = (app: App, stage: string): Templates => {
  const assembly = app.synth();
  const stacks = STACKS.map((name) => {
    const template = assembly.getStackByName(`Tocsin-${stage}-${name}`).template as { Resources: Resources };
    return [name, template.Resources] as const;
  });
  return Object.fromEntries(stacks) as Templates;
};

/** The resources of a type in these stacks, or in all, with their logical ids. */
export const ofType = (
  templates: Templates,
  type: string,
  ...names: readonly StackName[]
): readonly (readonly [id: string, resource: Resource])[] =>
  (names.length > 0 ? names : STACKS).flatMap((name) =>
    Object.entries(templates[name]).filter(([, { Type }]) => Type === type),
  );
