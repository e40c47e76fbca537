import type { aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Bundles } from '../bundle.ts';
import type { StageConfig } from '../config.ts';
import { TocsinFunction, type TocsinFunctionProps } from './tocsin-function.ts';

type Options = Pick<
  TocsinFunctionProps,
  'memoryMb' | 'timeoutSeconds' | 'handsOn' | 'reachesTargets' | 'reserved' | 'isAwaited'
>;

/** The functions of a stage. Each is made once, under the name of its bundle, by the context that owns it. */
export class Functions {
  private readonly stage: StageConfig;
  private readonly bundles: Bundles;
  private readonly made = new Map<string, TocsinFunction>();

  private readonly encryptionKey: kms.IKey | undefined;

  constructor(stage: StageConfig, bundles: Bundles, encryptionKey: kms.IKey | undefined) {
    this.stage = stage;
    this.bundles = bundles;
    this.encryptionKey = encryptionKey;
  }

  add(scope: Construct, name: string, description: string, options: Options = {}): TocsinFunction {
    if (this.made.has(name)) throw new Error(`The function ${name} is made twice`);
    const { stage, bundles, encryptionKey } = this;
    const fn = new TocsinFunction(scope, name, { stage, bundles, encryptionKey, name, description, ...options });
    this.made.set(name, fn);
    return fn;
  }

  get(name: string): TocsinFunction {
    const fn = this.made.get(name);
    if (!fn) throw new Error(`No context makes the function ${name}`);
    return fn;
  }

  get all(): readonly TocsinFunction[] {
    return [...this.made.values()];
  }

  /** Throws when a bundled entry belongs to no function: it would never run. */
  assertComplete(): void {
    const unused = this.bundles.names.filter((name) => !this.made.has(name));
    if (unused.length > 0) throw new Error(`Bundled, but no context makes a function of it: ${unused.join(', ')}`);
  }
}
