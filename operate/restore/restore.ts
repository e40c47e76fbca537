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
  /** The instant that it was restored to; undefined where it was not. */
  readonly restoredTo?: Date | undefined;
}

/** What a restore needs of an account. */
export interface Account {
  /** The name of the table that the stage uses, by its logical id. */
  readonly tableNamed: (logicalId: string) => Promise<string | undefined>;
  /** Undefined: there is no such table. */
  readonly facts: (table: string) => Promise<TableFacts | undefined>;
  /** The first and the last instant to restore. Undefined: the table has no recovery by time. */
  readonly window: (table: string) => Promise<{ readonly from: Date; readonly to: Date } | undefined>;
  /** Restores a table as it was then. Undefined: as late as possible. */
  readonly restore: (table: string, to: string, at: Date | undefined) => Promise<void>;
  /** The newest backup of a table, also of one that was deleted. */
  readonly lastBackup: (table: string) => Promise<Backup | undefined>;
  readonly restoreBackup: (backup: Backup, to: string) => Promise<void>;
  /** Has the table refuse every write from now on, and answers since when: where it is held already, since then. */
  readonly hold: (table: string) => Promise<Date>;
  /** Gives a table what a restore leaves out. */
  readonly complete: (table: string, wanted: Wanted) => Promise<void>;
  /** Items, or those alone that do not expire until an instant: DynamoDB deletes the others by and by, also in a table that is held. */
  readonly count: (table: string, lasting?: { readonly expiry: string; readonly after: Date }) => Promise<number>;
}

export interface Backup {
  readonly arn: string;
  readonly at: Date;
  readonly items: number;
}

export type Wanted = Pick<TableFacts, 'expiry' | 'isRecoverable' | 'isProtected' | 'tags'>;

export interface RestorePlan {
  readonly logicalId: string;
  readonly stage: string;
  /** As the table was then. Undefined: as late as possible. */
  readonly at: Date | undefined;
  /** The table was deleted: it is restored from its last backup. */
  readonly isDeleted: boolean;
  /** The table refuses writes from the beginning of the restore on, so that it misses none. */
  readonly isHeld: boolean;
  /** Keys, indexes and settings as the templates have them. A table that was deleted cannot say. */
  readonly template: Wanted & Pick<TableFacts, 'shape'>;
  /** Ends the name of the new table. A run with the same suffix goes on where the one before stopped. */
  readonly suffix: string;
  /** Waits before it asks again whether the table is there; answers false where it has waited for long enough. */
  readonly waited: () => Promise<boolean>;
}

const DAY_MS = 86_400_000;

const ok = (found: string): Finding => ({ verdict: 'ok', found });

/**
 * The steps of a restore, each building on the one before: a new table as the damaged one was, or as the last backup of a deleted one has
 * it, with the settings that DynamoDB leaves out of a restore, and held against the first. None of them changes the stage, and the
 * first table only refuses writes where it is held. The last says by which deployment the stage uses the new one.
 */
export const restoreSteps = (account: Account, plan: RestorePlan): readonly Check[] => {
  const { logicalId, stage, at, isDeleted, isHeld, template, suffix, waited } = plan;
  let source = '';
  let backup: Backup | undefined;
  let heldAt: Date | undefined;
  const target = (): string => `${source}-${suffix}`;
  const factsOf = async (table: string): Promise<TableFacts> => {
    const facts = await account.facts(table);
    if (!facts) throw new Error(`there is no table ${table}`);
    return facts;
  };
  const waitedFor = async (what: string, isThere: () => Promise<boolean>): Promise<void> => {
    while (!(await isThere())) {
      if (!(await waited())) throw new Error(`${what} is not there yet: run it again with --suffix ${suffix}`);
    }
  };
  const made = async (restore: () => Promise<void>): Promise<Finding> => {
    const there = await account.facts(target());
    if (!there) await restore();
    if (there?.restoredTo && heldAt && there.restoredTo < heldAt) {
      const [as, since] = [there.restoredTo.toISOString(), heldAt.toISOString()];
      throw new Error(`${target()} is as of ${as}, and writes wait since ${since}: run it with another --suffix`);
    }
    await waitedFor(target(), async () => (await account.facts(target()))?.status === 'ACTIVE');
    return ok(target());
  };

  const fromItself: readonly Check[] = [
    {
      name: 'the table',
      run: async () => {
        source = (await account.tableNamed(logicalId)) ?? '';
        if (source === '') throw new Error(`stage ${stage} has no ${logicalId}`);
        if (!(await account.facts(source)))
          throw new Error(`there is no table ${source}: was it deleted? Try --deleted`);
        return ok(source);
      },
    },
    ...(isHeld ? [held()] : []),
    {
      name: 'its recovery points',
      run: async () => {
        const first = await account.window(source);
        if (!first) throw new Error('it has no point-in-time recovery');
        const wanted = heldAt;
        // Its last recovery point is some minutes old.
        if (wanted)
          await waitedFor('the recovery point', async () => ((await account.window(source))?.to ?? wanted) >= wanted);
        const window = (await account.window(source)) ?? first;
        const [from, to] = [window.from.toISOString(), window.to.toISOString()];
        if (at && (at < window.from || at > window.to)) throw new Error(`--at must be from ${from} to ${to}`);
        return ok(`from ${from} to ${to}`);
      },
    },
    { name: 'a new table', run: () => made(() => account.restore(source, target(), at ?? heldAt)) },
  ];

  function held(): Check {
    return {
      name: 'writes wait',
      run: async () => {
        heldAt = await account.hold(source);
        return ok(
          'alarms are accepted, and wait in a queue until the stage uses the new table: nobody is paged for them before',
        );
      },
    };
  }

  const fromBackup: readonly Check[] = [
    {
      name: 'the table',
      run: async () => {
        source = (await account.tableNamed(logicalId)) ?? '';
        if (source === '') throw new Error(`stage ${stage} has no ${logicalId}`);
        if (await account.facts(source)) throw new Error(`${source} was not deleted: run it without --deleted`);
        return ok(`${source} was deleted`);
      },
    },
    {
      name: 'its last backup',
      run: async () => {
        backup = await account.lastBackup(source);
        if (!backup)
          throw new Error(
            `${source} has no backup: DynamoDB makes one at a deletion, where a table has recovery by time`,
          );
        return ok(`of ${backup.at.toISOString()}, ${backup.items} items`);
      },
    },
    {
      name: 'a new table',
      run: () => made(async () => backup && account.restoreBackup(backup, target())),
    },
  ];

  return [
    ...(isDeleted ? fromBackup : fromItself),
    {
      name: 'its settings',
      run: async () => {
        const { expiry, isRecoverable, isProtected, tags } = isDeleted ? template : await factsOf(source);
        await account.complete(target(), { expiry, isRecoverable, isProtected, tags });
        if ((await factsOf(target())).streamArn === undefined) throw new Error('it has no stream');
        return ok('stream, expiry, recovery, protection and tags');
      },
    },
    {
      name: isDeleted ? 'held against the template and the backup' : 'held against the first',
      run: async () => {
        const [first, second] = [isDeleted ? template : await factsOf(source), await factsOf(target())];
        if (first.shape !== second.shape) throw new Error(`keys and indexes differ: ${first.shape}; ${second.shape}`);
        const { expiry } = plan.template;
        const lasting =
          heldAt && expiry !== undefined ? { expiry, after: new Date(heldAt.getTime() + DAY_MS) } : undefined;
        const after = await account.count(target(), lasting);
        if (isDeleted) return ok(`${after} items; the backup says ${backup?.items}, and is counted each six hours`);
        const before = await account.count(source, lasting);
        if (isHeld && at === undefined && before !== after)
          throw new Error(`${after} items, and the first has ${before}`);
        return ok(`${after} items; the first has ${before} now`);
      },
    },
    {
      name: 'the stage',
      run: async () => {
        const { streamArn } = await factsOf(target());
        return {
          ...ok(isDeleted ? 'still names the table that was deleted' : 'still uses the first table'),
          todo: `deploy with the options as before and -c restored=${logicalId}=${streamArn}, and so from now on; other entries of that option stay, separated by commas`,
        };
      },
    },
  ];
};
