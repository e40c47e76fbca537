import { auditEvent, INSIDE, NOBODY, type AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { People } from '../../auth/port.ts';
import type { Channel } from '../../../shared/channels/channel.ts';
import { isUnanswered } from '../../../shared/channels/no-answer.ts';
import { outcomeInWords } from '../links/link.ts';
import { outcomeOf, type Acts } from '../links/tap-link.ts';
import { answerIn, isForCarrier, type Inbound } from './reply.ts';
import type { ReplyStore } from './store.ts';

export interface ReceiveDeps {
  readonly clock: Clock;
  readonly replies: Pick<
    ReplyStore,
    'meaning' | 'mayGuess' | 'outcomeOf' | 'settle' | 'answered' | 'refuse' | 'goodOn' | 'countHint'
  >;
  readonly people: People;
  readonly acts: Acts;
  readonly sms: Channel;
}

/**
 * Does what somebody answers to a page by SMS, in their name, once for each message, and answers what came of it: what was
 * done is noted first, so that a provider that takes no answers has nothing done again. A phone that has a good code gets a
 * hint when its message is no answer, three a day; any other phone gets nothing, so that nobody learns which are known. The
 * audit trail has what was refused.
 */
export const receive = async (deps: ReceiveDeps, { originationNumber: phone, ...message }: Inbound): Promise<void> => {
  const { clock, replies, people, acts, sms } = deps;
  const { inboundMessageId: id, messageBody } = message;
  const at = clock.now();
  const tell = async (outcome: string): Promise<void> => {
    try {
      await sms.send(
        { to: phone, contactId: '', text: `Tocsin: ${outcome}`, data: { type: 'answer' } },
        { idempotencyKey: `reply#${id}` },
      );
    } catch (error) {
      // It may have been delivered, and is no page: it is not repeated.
      if (!isUnanswered(error)) throw error;
    }
    await replies.answered(id);
  };
  const done = await replies.outcomeOf(id);
  if (done) return done.answered ? undefined : tell(done.outcome);
  const answer = answerIn(messageBody);
  const mayGuess = await replies.mayGuess(phone, at);
  const meaning = answer && mayGuess ? await replies.meaning(phone, answer.code) : undefined;
  const person = meaning && meaning.expiresAt > at.toISOString() ? await people(meaning.userId) : undefined;
  if (!answer || !meaning || person?.status !== 'active') {
    const why = answer ? 'code' : 'text';
    const hint = mayGuess && !isForCarrier(messageBody) && (await mayHint(deps, phone, at)) ? HINTS[why] : undefined;
    await replies.refuse(id, refusal(phone, why, at), at, { guessedBy: answer && phone, hint });
    return hint === undefined ? undefined : tell(hint);
  }
  const says = outcomeInWords(
    await outcomeOf(acts, answer.action, person, meaning.alertId, 'By an answer to a text message.'),
  );
  await replies.settle(
    id,
    says,
    auditEvent(
      {
        type: 'reply.received',
        actor: { kind: 'user', id: person.id, name: person.username },
        subject: { kind: 'alert', id: meaning.alertId, name: meaning.alertId },
        detail: { action: answer.action },
      },
      INSIDE,
      at,
    ),
    at,
  );
  await tell(says);
};

const HINTS = {
  code: 'Nothing was done: no page to this phone has that code. Answer A or R with the four digits of a page.',
  text: 'Nothing was done: this is no answer. Answer A or R with the four digits of the page, such as A 1234.',
} as const;

/** Whether a phone is one that we page, and has not had all hints of the day. */
const mayHint = async ({ replies, people }: ReceiveDeps, phone: string, at: Date): Promise<boolean> => {
  const code = await replies.goodOn(phone, at);
  if (!code || (await people(code.userId))?.status !== 'active') return false;
  return replies.countHint(phone, at);
};

/** The audit trail has no number. Its hash shows whether two refusals come from the same phone. */
const refusal = (phone: string, why: 'code' | 'text', at: Date): AuditEvent =>
  auditEvent(
    {
      type: 'reply.refused',
      actor: NOBODY,
      subject: { kind: 'phone', id: sha256(phone).slice(0, 16), name: `…${phone.slice(-2)}` },
      outcome: 'denied',
      detail: { why: why === 'code' ? 'There is no such code for this phone.' : 'It is no answer to a page.' },
    },
    INSIDE,
    at,
  );
