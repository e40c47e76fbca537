import type { Condition } from '../../shared/aws/dynamo.ts';
import { PoisonedRecord } from '../../shared/kernel/poisoned-record.ts';
import type { StoredAlert } from './alert.ts';
import type { Slot } from './items.ts';

/*
 * A source inside Tocsin reads what it reports from a stream, and a stream may deliver records again that were reported long ago.
 * It numbers its reports, and a slot hears each revision once. Docs: docs/adr/0107-a-report-is-heard-once.md
 */

/**
 * Revisions of one slot ascend as strings, also where the state is forgotten and begins again, and where the table of the source was
 * restored and its numbers go back.
 */
export type Revision = string;

/**
 * The revision of a state that has changed so many times, from the stream of this label. Where the state may be forgotten and begin
 * again, it needs the instant at which it began.
 */
export const revisionOf = (stream: string, sequence: number, begunAt = ''): Revision =>
  `${stream}#${begunAt}#${String(sequence).padStart(10, '0')}`;

/** A report whose revision, or a later one, was heard before. It opens, repeats and resolves nothing. */
export class HeardBefore extends Error {
  override readonly name = 'HeardBefore';
  /** The alert of the slot, where this very revision was the last that it heard. */
  readonly alert: StoredAlert | undefined;
  constructor(slot: Slot | undefined, revision: Revision) {
    super(`${slot?.slot} has heard ${revision}`);
    this.alert = slot?.id && slot.revision === revision ? (slot as StoredAlert & Slot) : undefined;
  }
}

const streamOf = (revision: Revision): string => revision.split('#', 1)[0] ?? '';

/**
 * Throws `PoisonedRecord` for a revision of an earlier stream than the slot has heard. The source is back at a table that another one
 * stood in for, whose numbers say nothing about those of the other: a person must hear of it, or alarms would be lost.
 */
export const assertSameStream = ({ slot, revision: heard }: Slot, revision: Revision): void => {
  if (heard === undefined || streamOf(revision) >= streamOf(heard)) return;
  throw new PoisonedRecord(`${slot} has heard ${heard}, and ${revision} is of an earlier stream`);
};

/** True where a slot has heard a revision, or a later one. */
export const isHeard = (slot: Pick<Slot, 'revision'> | undefined, revision: Revision | undefined): boolean =>
  revision !== undefined && slot?.revision !== undefined && slot.revision >= revision;

/** A condition, and that the slot has not heard the revision; the same condition for a source that does not number. */
export const ifNew = (condition: Condition, revision: Revision | undefined): Condition =>
  revision === undefined
    ? condition
    : {
        expression: `${condition.expression} AND (attribute_not_exists(#revision) OR #revision < :revision)`,
        values: { ...condition.values, revision },
      };
