import * as z from 'zod/mini';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { PageStore } from '../pages/store.ts';
import { dayOf, MOST_BOUNCES_A_DAY } from './ask-to-confirm.ts';
import type { SubscriberStore } from './store.ts';
import { subscriberId, suspended } from './subscriber.ts';

const Recipients = z.array(z.object({ emailAddress: z.string() }));

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
const Feedback = z.union([
  z.object({
    eventType: z.literal('Bounce'),
    bounce: z.object({ bounceType: z.string(), bouncedRecipients: Recipients }),
  }),
  z.object({ eventType: z.literal('Complaint'), complaint: z.object({ complainedRecipients: Recipients }) }),
]);
type Feedback = z.infer<typeof Feedback>;

/** What SES says of a mail that it took; undefined for any other message. */
export const feedbackIn = (received: unknown): Feedback | undefined => Feedback.safeParse(received).data;

interface Deps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'list'>;
  readonly subscribers: Pick<SubscriberStore, 'byId' | 'save' | 'remove' | 'count'>;
}

/**
 * Suspends the subscriptions of an address that does not exist, and counts those that nobody had confirmed, and ends those of one whose owner called a mail spam. A mailbox that is
 * full or away is left alone.
 */
export const takeBounce = async ({ clock, pages, subscribers }: Deps, feedback: Feedback): Promise<void> => {
  if (feedback.eventType === 'Bounce' && feedback.bounce.bounceType !== 'Permanent') return;
  const recipients =
    feedback.eventType === 'Bounce' ? feedback.bounce.bouncedRecipients : feedback.complaint.complainedRecipients;
  const known = await pages.list();
  for (const { emailAddress } of recipients) {
    for (const { id: page } of known) {
      const id = subscriberId(page, 'email', emailAddress);
      if (feedback.eventType === 'Complaint') {
        await subscribers.remove({ page, id });
        continue;
      }
      await untilWritten(async () => {
        const present = await subscribers.byId(page, id);
        if (!present || present.state === 'suspended') return undefined;
        const at = clock.now();
        if (present.state === 'pending') await subscribers.count('bounces', dayOf(at), at, MOST_BOUNCES_A_DAY);
        const next = suspended(present, 'Mail to this address bounced.');
        return (await subscribers.save(next)) ? undefined : OVERTAKEN;
      });
    }
  }
};
