import type { Check, Finding } from '../report.ts';

/** A table, as far as a restore must bring it back. */
export interface TableFacts {
  readonly status: string;
  /** Keys and indexes, in a text that is the same where they are. */
  readonly shape: string;
  /** Absent: the table has none. */
  readonly streamArn: string | undefined;
  readonly expiry: string | undefined;
  readonly isRecoverable: boolean;
  readonly isProtected: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a restore needs of an account. */
export interface Account {
  /** The name of a table of the stage, by its logical id. */
  readonly tableNamed: (logicalId: string) => Promise<string | undefined>;
  /** Undefined: there is no such table. */
  readonly facts: (table: string) => Promise<TableFacts | undefined>;
  /** The first and the last instant to restore. Undefined: the table has no recovery by time. */
  readonly window: (table: string) => Promise<{ readonly from: Date; readonly to: Date } | undefined>;
  /** Restores a table as it was then. Undefined: as late as possible. */
  readonly restore: (table: string, to: string, at: Date | undefined) => Promise<void>;
  /** Gives a table what a restore leaves out. */
  readonly complete: (table: string, wanted: Wanted) => Promise<void>;
  readonly count: (table: string) => Promise<number>;
}

export type Wanted = Pick<TableFacts, 'expiry' | 'isRecoverable' | 'isProtected' | 'tags'>;

export interface RestorePlan {
  readonly logicalId: string;
  readonly stage: string;
  /** As the table was then. Undefined: as late as possible. */
  readonly at: Date | undefined;
  /** Ends the name of the new table. A run with the same suffix goes on where the one before stopped. */
  readonly suffix: string;
  /** Waits before it asks again whether the table is there; answers false where it has waited for long enough. */
  readonly waited: () => Promise<boolean>;
}

const ok = (found: string): Finding => ({ verdict: 'ok', found });

/**
 * The steps of a restore, each building on the one before: a new table as the damaged one was, with the settings that DynamoDB leaves
 * out of a restore, and held against the first. None of them changes the first table or the stage. The last says by which deployment
 * the stage uses the new one.
 */
export const restoreSteps = (account: Account, plan: RestorePlan): readonly Check[] => {
  const { logicalId, stage, at, suffix, waited } = plan;
  let source = '';
  const target = (): string => `${source}-${suffix}`;
  const factsOf = async (table: string): Promise<TableFacts> => {
    const facts = await account.facts(table);
    if (!facts) throw new Error(`there is no table ${table}`);
    return facts;
  };

  return [
    {
      name: 'the table',
      run: async () => {
        source = (await account.tableNamed(logicalId)) ?? '';
        if (source === '') throw new Error(`stage ${stage} has no ${logicalId}`);
        await factsOf(source);
        return ok(source);
      },
    },
    {
      name: 'its recovery points',
      run: async () => {
        const window = await account.window(source);
        if (!window) throw new Error('it has no point-in-time recovery');
        const [from, to] = [window.from.toISOString(), window.to.toISOString()];
        if (at && (at < window.from || at > window.to)) throw new Error(`--at must be from ${from} to ${to}`);
        return ok(`from ${from} to ${to}`);
      },
    },
    {
      name: 'a new table',
      run: async () => {
        if (!(await account.facts(target()))) await account.restore(source, target(), at);
        while ((await account.facts(target()))?.status !== 'ACTIVE') {
          if (!(await waited())) throw new Error(`${target()} is not there yet: run it again with --suffix ${suffix}`);
        }
        return ok(target());
      },
    },
    {
      name: 'its settings',
      run: async () => {
        const { expiry, isRecoverable, isProtected, tags } = await factsOf(source);
        await account.complete(target(), { expiry, isRecoverable, isProtected, tags });
        if ((await factsOf(target())).streamArn === undefined) throw new Error('it has no stream');
        return ok('stream, expiry, recovery, protection and tags');
      },
    },
    {
      name: 'held against the first',
      run: async () => {
        const [first, second] = [await factsOf(source), await factsOf(target())];
        if (first.shape !== second.shape) throw new Error(`keys and indexes differ: ${first.shape}; ${second.shape}`);
        const [before, after] = [await account.count(source), await account.count(target())];
        return ok(`${after} items; the first has ${before} now`);
      },
    },
    {
      name: 'the stage',
      run: async () => {
        const { streamArn } = await factsOf(target());
        return {
          ...ok('still uses the first table'),
          todo: `deploy with the options as before and -c restored=${logicalId}=${streamArn}, and so from now on`,
        };
      },
    },
  ];
};
