import type { EnvName } from '../../shared/kernel/env.ts';
import type { Grant, Manifest } from '../../shared/kernel/grant.ts';
import type { ContextTable } from './context-table.ts';
import type { StageBucket } from './stage-bucket.ts';
import type { TocsinFunction } from './tocsin-function.ts';
import type { WorkQueue } from './work-queue.ts';

/** Tables, queues, functions, buckets and settings that grants name, by the variable of each. */
export interface Grantable {
  readonly tables: Readonly<Partial<Record<EnvName, ContextTable>>>;
  readonly queues: Readonly<Partial<Record<EnvName, WorkQueue>>>;
  /** Read when a grant names one: functions are made one after the other. */
  readonly functions: Readonly<Partial<Record<EnvName, () => TocsinFunction>>>;
  readonly buckets: Readonly<Partial<Record<EnvName, StageBucket>>>;
  readonly settings: Readonly<Partial<Record<EnvName, string>>>;
}

/** Turns the manifests of the contexts into policies and environments. */
export class Grants {
  private readonly manifest: Manifest;
  private readonly grantable: Grantable;
  private readonly given = new Set<string>();

  constructor(manifest: Manifest, grantable: Grantable) {
    this.manifest = manifest;
    this.grantable = grantable;
  }

  /** Gives a function all that its entry of the manifest lists. */
  giveTo(fn: TocsinFunction): void {
    const listed = this.manifest[fn.name];
    if (!listed) throw new Error(`No manifest has an entry for the function ${fn.name}`);
    this.given.add(fn.name);
    for (const grant of listed) this.give(fn, grant);
  }

  /** Throws where a manifest has an entry for which nothing was given. */
  assertComplete(): void {
    const left = Object.keys(this.manifest).filter((name) => !this.given.has(name));
    if (left.length > 0)
      throw new Error(`No context gives these functions what their manifest lists: ${left.join(', ')}`);
  }

  private give(
    fn: TocsinFunction,
    { tables = [], queues = [], functions = [], objects = [], settings = [] }: Grant,
  ): void {
    const { grantable } = this;
    for (const { env, actions, ...narrowed } of tables) named(grantable.tables, env).grantTo(fn, actions, narrowed);
    for (const env of queues) named(grantable.queues, env).grantSendTo(fn);
    for (const env of functions) named(grantable.functions, env)().grantHandOnTo(fn, env);
    for (const { env, actions } of objects) named(grantable.buckets, env).grantTo(fn, actions);
    for (const env of settings) fn.addEnvironment(env, named(grantable.settings, env));
  }
}

const named = <T>(all: Readonly<Partial<Record<EnvName, T>>>, env: EnvName): T => {
  const found = all[env];
  if (found === undefined) throw new Error(`No context offers ${env}, which a grant names`);
  return found;
};
