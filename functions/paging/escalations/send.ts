import { isTransient } from '../../../shared/aws/transient.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Channel } from '../channels/channel.ts';
import { SHARED, type StoredContact } from '../contacts/contact.ts';
import type { ContactStore } from '../contacts/store.ts';
import type { Links } from '../links/make.ts';
import { giveUp, type GiveUpDeps } from './give-up.ts';
import { claimed, messageOf, refused, sent, skipped, type StoredPage } from './page.ts';
import type { EscalationStore } from './store.ts';

export interface SendDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'page' | 'savePage'> & GiveUpDeps['escalations'];
  readonly contacts: Pick<ContactStore, 'one'>;
  readonly channels: Readonly<Record<string, Channel>>;
  /** The alert as it is at this moment. */
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  /** The links that go out with a page to a person; undefined where there are none to be had. */
  readonly linksOf: (page: StoredPage, userId: string, contact: StoredContact) => Promise<Links | undefined>;
  /** A number from 0 to 1, anew at each call. */
  readonly chance: () => number;
}

/**
 * Sends a page that is due. Whoever claims it first sends it; the alert is looked at between the claim and the sending, so
 * that nothing is sent once an acknowledgement was accepted, save what is on its way at that moment. A sender that dies is
 * followed when its lease is over, under the same key. Answers the page as it is then. Where nobody was reached by the whole
 * step, the next one is reached at once.
 */
export const send = async (deps: SendDeps, alertId: string, key: string): Promise<StoredPage | undefined> => {
  const { clock, escalations } = deps;
  const page = await escalations.page(alertId, key);
  const at = clock.now();
  if (page?.dueAt === undefined || page.dueAt > at.toISOString()) return page;
  const mine = claimed(page, at);
  if (!(await escalations.savePage(page, mine, at))) return escalations.page(alertId, key);
  const { page: after, isUnreached } = await attempt(deps, mine);
  if (!(await escalations.savePage(mine, after, clock.now()))) return escalations.page(alertId, key);
  // Who was asked for belongs to no step.
  if (isUnreached && !after.asked) await giveUp(deps, after);
  return after;
};

/** What became of a page, and whether that is the end of it without anybody being reached, although somebody is to be. */
interface Attempted {
  readonly page: StoredPage;
  readonly isUnreached: boolean;
}
const unreached = (page: StoredPage): Attempted => ({ page, isUnreached: true });
const attempted = (page: StoredPage): Attempted => ({ page, isUnreached: page.status === 'failed' });

const attempt = async (deps: SendDeps, page: StoredPage): Promise<Attempted> => {
  const { escalations, contacts, channels, alertNow, linksOf, chance, clock } = deps;
  const contact = await contacts.one(page.userId ?? SHARED, page.contactId ?? '');
  if (!contact) return unreached(skipped(page, 'The contact was deleted.'));
  const channel = channels[contact.channel];
  if (!channel) return unreached(skipped(page, `This stage sends nothing by ${contact.channel}.`));
  const escalation = await escalations.escalation(page.alertId);
  if (escalation && escalation.round > page.round) {
    return attempted(skipped(page, 'Another round had begun, which pages anew.'));
  }
  const links = page.userId === null || !channel.takesLinks ? undefined : await linksOf(page, page.userId, contact);
  const quiet = quietReason(await alertNow(page.alertId), page.asked ?? false);
  if (quiet !== undefined) return attempted(skipped(page, quiet));
  try {
    const accepted = await channel.send(messageOf(page, contact, links), {
      idempotencyKey: `${page.alertId}#${page.key}`,
    });
    return attempted(sent(page, accepted, clock.now()));
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown';
    return attempted(refused(page, `The provider did not take it: ${why}.`, isTransient(error), clock.now(), chance()));
  }
};

/** Why nobody is to be paged for an alert now. */
const quietReason = (alert: Alert | undefined, asked: boolean): string | undefined => {
  if (!alert) return 'The alert is gone.';
  if (alert.status === 'resolved') return `${alert.resolvedBy} had resolved the alert.`;
  if (asked) return undefined;
  if (alert.status === 'acknowledged') return `${alert.acknowledgedBy} had acknowledged the alert.`;
  return alert.snoozedUntil === null ? undefined : `The alert was snoozed until ${alert.snoozedUntil}.`;
};
