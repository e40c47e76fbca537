import type { Condition } from '../../shared/aws/dynamo.ts';
import type { TableShape } from '../../shared/aws/table-shape.ts';
import { DAY_SECONDS } from './units.ts';

/** Sparse: what the minute tick must look at. `due` names a queue, such as `BEAT`; `dueAt` is an instant or an id within it. */
export const DUE_INDEX = 'due';

/** Sparse: the monitors and instances of rules that are broken now, since when and why. */
export const BROKEN_INDEX = 'broken';
export const BROKEN = 'BROKEN';

/** The queue of heartbeats in the `due` index; `dueAt` is when one must be looked at. */
export const BEAT = 'BEAT';

/** Attribute `kind` of the state of a monitor. The stream tells by it what was written. */
export const STATE_KIND = 'monitor-state';
/** The same of the state of an instance of a rule. */
export const RULE_KIND = 'rule-state';
/** The same of the error budget of a service. */
export const BUDGET_KIND = 'budget-state';

/** Partitions that more than one room, or infrastructure, knows. Each store names its others; no two begin alike. */
export const CONFIG = 'CONFIG';
export const MONITORS = 'MONITOR';
export const MONITOR_STATES = 'MONITOR#STATE';
/** The id of a monitor follows. */
export const GONE_PREFIX = 'MONITOR#GONE#';
/** The SHA-256 of the key of a heartbeat follows. */
export const PING_PREFIX = 'PING#';
/** The slug of a heartbeat follows. */
export const SLUG_PREFIX = 'SLUG#';
export const HISTORY_PREFIX = 'MONITOR#HISTORY#';
/** The key of what stays of a monitor that is deleted: its past, and the event of the removal. */
export const goneItem = (monitor: string) => ({ part: `${GONE_PREFIX}${monitor}`, item: 'EVENT' });
/** How far the tick has come, and the gaps in which it did not run. */
export const WATCH = 'WATCH';
export const SERVICES = 'SERVICE';
export const RULES = 'RULE';
/** The id of a rule follows. */
export const RULE_STATES_PREFIX = 'RULE#STATE#';
export const BUDGETS = 'BUDGET';
/** The number of a bucket follows. */
export const SEGMENT_PREFIX = 'METRICS#SEGMENT#';

/** Keys and indexes of the health table, which the rooms of this context share. */
export const HEALTH_TABLE_SHAPE = {
  hash: 'part',
  range: 'item',
  indexes: {
    [DUE_INDEX]: { hash: 'due', range: 'dueAt' },
    [BROKEN_INDEX]: { hash: 'broken', range: 'brokenSince', projects: ['reason'] },
  },
  expiry: 'ttl',
  auditEvents: 'by_stream',
} as const satisfies TableShape;

/** The condition of a write that makes a version: the one before is stored, or nothing where it is the first. */
export const follows = (version: number): Condition =>
  version === 1
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :seen', values: { seen: version - 1 } };

/** When DynamoDB deletes an item that lives for so many days from an instant on, in epoch seconds. */
export const expiry = (at: Date, days: number): number => Math.floor(at.getTime() / 1000) + days * DAY_SECONDS;
