import * as z from 'zod/mini';
import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, unprocessable } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import { pagesFor } from './page.ts';
import { noEscalation } from './pages.ts';
import { recipient, type ReachDeps } from './reach.ts';
import type { EscalationStore } from './store.ts';
import { pageView, PageView } from './view.ts';

export const AskResponder = z.strictObject({
  userId: z.string().check(z.regex(/^usr_[0-9a-z_]{1,60}$/, 'must be the id of a user')),
  /** The alert is theirs from now on. */
  reassign: z._default(z.boolean(), false),
});
export type AskResponder = z.infer<typeof AskResponder>;

export const Asked = z.object({ items: z.array(PageView) });

export interface AskDeps extends Pick<ReachDeps, 'people' | 'rules' | 'contacts'> {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'ask'>;
  readonly acts: {
    readonly assign: (caller: Caller, alertId: string, assignee: string, note: string) => Promise<Alert>;
    readonly note: (caller: Caller, alertId: string, note: string) => Promise<Alert>;
  };
}

/**
 * Pages one more person for an alert, at once, also where somebody has acknowledged it, and says so in the alert's
 * timeline; with `reassign` the alert is theirs. The escalation goes on as it was: should they not answer, others are
 * paged. Asked again before the next step is reached, it pages nobody twice. Throws `responder.unreachable` for a person
 * who cannot be paged.
 */
export const ask = async (
  deps: AskDeps,
  caller: Caller,
  alertId: string,
  { userId, reassign }: AskResponder,
): Promise<z.infer<typeof Asked>> => {
  const { clock, escalations, acts, people } = deps;
  const escalation = await escalations.escalation(alertId);
  if (!escalation) throw noEscalation();
  if (escalation.status === 'ended')
    throw conflict('escalation.ended', 'The alert is resolved: nobody is needed any more.');
  const at = clock.now();
  const [person, one] = await Promise.all([people(userId), recipient(deps, userId)]);
  const reached = { target: { type: 'user', id: userId } as const, whom: [one], reason: null };
  const planned = pagesFor({ ...escalation, urgency: 'high' }, [reached], at, true);
  // Whoever is asked for by name is not to wait for their own delays.
  const pages = planned.map((page) => (page.dueAt === undefined ? page : { ...page, dueAt: at.toISOString() }));
  const why = pages.find(({ status }) => status === 'skipped')?.reason;
  if (!person || pages.length === 0 || why) {
    throw unprocessable('responder.unreachable', why ?? 'There is nobody of this id.');
  }
  const isNew = await escalations.ask(pages, at);
  if (reassign) await acts.assign(caller, alertId, person.username, 'Asked to take over.');
  else if (isNew) await acts.note(caller, alertId, `${person.username} was asked to respond.`);
  return { items: pages.map(pageView) };
};
