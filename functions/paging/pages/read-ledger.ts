import type { Escalation } from '../escalations/escalation.ts';
import { escalationView, pageView, type EscalationView, type PageView } from '../escalations/view.ts';
import { alertSubject } from '../subject.ts';
import type { ListPagesDeps } from './list-pages.ts';

/** The escalation of an alert and its pages, in the order of the steps: sent, or why not. */
export interface Ledger {
  readonly escalation: EscalationView;
  /** What named the policy, and the routing rules that matched; undefined for an escalation that does not say. */
  readonly routedBy: Escalation['routedBy'];
  readonly pages: readonly PageView[];
  /** There are further pages. */
  readonly more: boolean;
}

/** A reader gets so many pages. */
const MOST_PAGES = 100;

/** What the ledger has of an alert; undefined for one that does not escalate. */
export const readLedger = async ({ escalations }: ListPagesDeps, alertId: string): Promise<Ledger | undefined> => {
  const escalation = await escalations.escalation(alertId);
  if (!escalation) return undefined;
  const { items, next } = await escalations.pages(alertSubject(alertId), { limit: MOST_PAGES });
  return {
    escalation: escalationView(escalation),
    routedBy: escalation.routedBy,
    pages: items.map(pageView),
    more: next !== null,
  };
};
