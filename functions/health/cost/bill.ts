import type { ReadCosts } from '../../../shared/aws/cost-explorer.ts';
import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Bill, CostStore } from './store.ts';

export interface BillDeps {
  readonly clock: Clock;
  readonly costs: Pick<CostStore, 'billOf' | 'saveBill'>;
  /** Undefined: this installation does not ask Cost Explorer. */
  readonly readCosts: ReadCosts | undefined;
}

/** A request costs a cent, and AWS brings the costs up to date some three times a day. */
const FRESH_MS = 12 * 3_600_000;
/** After a refusal, a container asks again no sooner. */
const PAUSE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** The bill of the present month, or why there is none. */
export type BillOrReason = { readonly bill: Bill } | { readonly reason: 'off' | 'refused' | 'unknown_tag' };

const knownOr = (bill: Bill): BillOrReason =>
  bill.services.some(({ dollars }) => dollars !== 0) ? { bill } : { reason: 'unknown_tag' };

/**
 * Reads what Cost Explorer says of the present month, at most once in twelve hours over all containers. Never rejects because of
 * Cost Explorer.
 */
export const billReader = ({ clock, costs, readCosts }: BillDeps): (() => Promise<BillOrReason>) => {
  let pausedUntil = 0;
  return async () => {
    if (!readCosts) return { reason: 'off' };
    const now = clock.now();
    const month = now.toISOString().slice(0, 7);
    const known = await costs.billOf(month);
    if (known && now.getTime() - Date.parse(known.at) < FRESH_MS) return knownOr(known);
    // An old bill, which says of when it is, is better than a count.
    const older: BillOrReason = known ? knownOr(known) : { reason: 'refused' };
    if (now.getTime() < pausedUntil) return older;
    try {
      const before = new Date(now.getTime() + DAY_MS).toISOString().slice(0, 10);
      const services = await readCosts({ from: `${month}-01`, before });
      const bill = { month, at: now.toISOString(), services };
      await costs.saveBill(bill);
      return knownOr(bill);
    } catch (error) {
      pausedUntil = now.getTime() + PAUSE_MS;
      logger.warn('Cost Explorer did not answer', { error: error as Error });
      return older;
    }
  };
};
