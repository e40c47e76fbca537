import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { WATCHDOG } from '../table.ts';
import type * as store from './store.ts';

/*
 * (WATCHDOG, PROBE) is the probe. It goes the way of a page that becomes due: by the stream to the queue of wake-ups, and to the
 * worker, which notes that it came back. It is in no index, so no tick and no audit takes it for work.
 */

export interface Probe {
  /** When it was sent last. */
  readonly dueAt: string;
  /** When one came back last. */
  readonly answeredAt?: string;
}

/** The functions of this file over a table. */
export type ProbeStore = Bound<typeof store>;

const PROBE = { part: WATCHDOG, item: 'PROBE' } as const;

export const lastProbe = (paging: Table): Promise<Probe | undefined> => paging.get<Probe>(PROBE, { consistent: true });

export const sendProbe = async (paging: Table, at: Date): Promise<void> => {
  await paging.update({ key: PROBE, set: { dueAt: at.toISOString() } });
};

/** Notes that a probe came back. One that another has followed meanwhile counts, too: it was on its way for longer. */
export const answerProbe = async (paging: Table, at: Date): Promise<void> => {
  await paging.update({ key: PROBE, set: { answeredAt: at.toISOString() } });
};
