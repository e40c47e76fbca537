import * as z from 'zod/mini';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { conflict, unprocessable } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { pagesFor, type StoredPage } from './page.ts';
import { noEscalation } from './list-pages.ts';
import { addPageNote, type AddNote } from './page-note.ts';
import { recipient, type ReachDeps } from './reach.ts';
import { sentenceOf } from './reason.ts';
import type { EscalationStore } from '../escalations/store.ts';
import { alertSubject } from '../subject.ts';
import { pageView, PageView } from '../escalations/view.ts';

export const AskResponder = z
  .strictObject({
    userId: UserId,
    /** Whether the alert is assigned to them. */
    reassign: z._default(z.boolean(), false),
  })
  .register(z.globalRegistry, { id: 'AskResponder' });
export type AskResponder = z.infer<typeof AskResponder>;

export const Asked = z.object({ items: z.array(PageView) }).register(z.globalRegistry, { id: 'AskedResponder' });

export interface AskDeps extends Pick<ReachDeps, 'people' | 'rules' | 'contacts'> {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'escalation' | 'page' | 'askedFor' | 'ask' | 'save'>;
  readonly acts: {
    readonly assign: (
      request: Pick<Request, 'caller'>,
      input: { readonly id: string; readonly assignee: string; readonly note: string },
    ) => Promise<unknown>;
    readonly note: AddNote;
  };
}

/** Asked again sooner, somebody is not paged again: that is a second tap, or a request whose answer was lost. */
const AGAIN_AFTER_MS = 5 * 60_000;

/**
 * Pages one more person for an alert, at once, also where somebody has acknowledged it, and says so once in the alert's
 * timeline; where this request dies before that, the next one or the sender of the page says it. With `reassign` the alert is
 * theirs. The escalation goes on as it was: should they not answer, others are
 * paged. Asked again within five minutes, it pages nobody twice and answers what has become of the pages; later it pages
 * again. Throws `responder.unreachable` for a person who cannot be paged.
 */
export const askResponder = async (
  deps: AskDeps,
  { caller }: Pick<Request, 'caller'>,
  { id: alertId, userId, reassign }: AskResponder & { readonly id: string },
): Promise<z.infer<typeof Asked>> => {
  const escalation = await deps.escalations.escalation(alertId);
  if (!escalation) throw noEscalation();
  if (escalation.status === 'ended')
    throw conflict('escalation.ended', 'The alert is resolved: nobody needs to be paged.');
  const { pages, username } = await asked(deps, { caller }, { about: escalation, alertId, userId, onlyOnce: false });
  if (reassign) await deps.acts.assign({ caller }, { id: alertId, assignee: username, note: 'Asked to take over.' });
  return { items: pages.map(pageView) };
};

/** The place of a person who is asked for before the alert has an escalation, or where no policy pages anybody. */
const NOWHERE = { policyId: 'asked', policyVersion: 0, round: 0, loop: 0, step: 0 } as const;

/**
 * Pages one more person for an alert as `askResponder` does, also before its escalation began, and where no policy pages anybody. With
 * `onlyOnce`, a person who was asked for this alert before is not paged again, however long ago that was: so an event that is sent again
 * pages nobody twice. Throws `responder.unreachable` for a person who cannot be paged.
 */
export const askByName = async (
  deps: AskDeps,
  { caller }: Pick<Request, 'caller'>,
  { alert, userId, onlyOnce }: { readonly alert: Alert; readonly userId: string; readonly onlyOnce: boolean },
): Promise<void> => {
  const escalation = await deps.escalations.escalation(alert.id);
  const about = escalation ?? { ...NOWHERE, title: alert.title, severity: alert.severity, service: alert.service };
  await asked(deps, { caller }, { about, alertId: alert.id, userId, onlyOnce });
};

/** What the pages of a person who is asked for say of the alert. */
type About = Omit<Parameters<typeof pagesFor>[0], 'subject' | 'urgency'>;

const asked = async (
  deps: AskDeps,
  { caller }: Pick<Request, 'caller'>,
  {
    about,
    alertId,
    userId,
    onlyOnce,
  }: { readonly about: About; readonly alertId: string; readonly userId: string; readonly onlyOnce: boolean },
): Promise<{ readonly pages: readonly StoredPage[]; readonly username: string }> => {
  const { clock, escalations, acts, people } = deps;
  const at = clock.now();
  const [person, one] = await Promise.all([people(userId), recipient(deps, userId)]);
  if (!person) {
    throw unprocessable('responder.unreachable', 'There is no user with this id. GET /api/users lists them all.', {
      errors: [{ pointer: '/userId', detail: 'names no user' }],
      extensions: { reason: 'user_deleted' },
    });
  }
  const reached = { target: { type: 'user', id: userId } as const, whom: [one], reason: null };
  const paged = { ...about, subject: alertSubject(alertId), urgency: 'high' } as const;
  const planned = pagesFor(paged, [reached], at, 0);
  const [first] = planned;
  const why = planned.find(({ status }) => status === 'skipped')?.reason;
  if (!first || why) {
    throw unprocessable(
      'responder.unreachable',
      why ? sentenceOf(why) : 'The user has no contact. Ask somebody else.',
      {
        extensions: { reason: why?.code ?? 'no_verified_contact' },
      },
    );
  }
  const before = await escalations.askedFor(alertId, userId);
  const isSoon = before !== undefined && (onlyOnce || at.getTime() - Date.parse(before.askedAt) < AGAIN_AFTER_MS);
  const times = before?.times ?? 0;
  const { username } = person;
  const note = { by: actorOf(caller), text: `${username} was asked to respond.`, key: `asked#${userId}#${times}` };
  const again = pagesFor(paged, [reached], at, times)
    // A person who is asked for by name does not wait for their own delays.
    .map((page) => (page.dueAt === undefined ? page : { ...page, note, dueAt: at.toISOString() }));
  const isNew = !isSoon && (await escalations.ask(again, { alertId, userId, before }, at));
  const pages = isNew ? again : await pagesAskedFor(escalations, alertId, userId);
  await Promise.all(pages.slice(0, 1).map((page) => addPageNote(acts, page)));
  return { pages, username };
};

/** The pages of the last request for a person, as they are now. */
const pagesAskedFor = async (
  escalations: AskDeps['escalations'],
  alertId: string,
  userId: string,
): Promise<StoredPage[]> => {
  const { keys = [] } = (await escalations.askedFor(alertId, userId)) ?? {};
  const pages = await Promise.all(keys.map((key) => escalations.page(alertSubject(alertId), key)));
  return pages.filter((page) => page !== undefined);
};
