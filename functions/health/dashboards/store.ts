import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { follows } from '../table.ts';
import type { StoredDashboards } from './dashboard.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition DASHBOARDS belongs to this room.
 *
 *  #  question                                               index   key
 *  1  the dashboards                                         table   part = DASHBOARDS, item = ALL
 */

const ALL = { part: 'DASHBOARDS', item: 'ALL' } as const;

/** Access pattern 1. Undefined where nobody has saved any. */
export const current = (health: Table): Promise<StoredDashboards | undefined> => health.get(ALL, { consistent: true });

/** Writes the next version. False where the one that was read has changed in between. */
export const save = async (health: Table, next: StoredDashboards): Promise<boolean> =>
  (await health.put({ ...next, ...ALL }, follows(next.version))).done;

/** These functions, bound to the health table. */
export type DashboardStore = Bound<typeof store>;
