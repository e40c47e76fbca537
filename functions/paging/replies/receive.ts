import { auditEvent, INSIDE, NOBODY, type AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { People } from '../../auth/port.ts';
import type { Channel } from '../../../shared/channels/channel.ts';
import { isUnanswered } from '../../../shared/channels/no-answer.ts';
import { keyOf, outcomeOf, type Acts } from '../links/tap-link.ts';
import { outcomeInWords, type Outcome } from './outcome.ts';
import { answerIn, isForCarrier, type Inbound } from './reply.ts';
import type { ReplyStore } from './store.ts';

export interface ReceiveDeps {
  readonly clock: Clock;
  readonly replies: Pick<
    ReplyStore,
    'meaning' | 'mayGuess' | 'received' | 'settle' | 'answered' | 'refuse' | 'goodOn' | 'countHint'
  >;
  readonly people: People;
  readonly acts: Acts;
  readonly sms: Channel;
}

/**
 * Carries out the answer to a page by SMS in the name of its sender, once for each message, and sends the outcome back. The outcome
 * is stored first, so a provider that refuses our answer causes no second action. A phone that has a valid code gets a hint if its
 * message is no answer, three a day. Any other phone gets nothing, so nobody learns which phones are known. The audit trail
 * stores each refusal.
 */
export const receive = async (deps: ReceiveDeps, { originationNumber: phone, ...message }: Inbound): Promise<void> => {
  const { clock, replies, people, acts, sms } = deps;
  const { inboundMessageId: id, messageBody } = message;
  const at = clock.now();
  const tell = async (outcome: Outcome): Promise<void> => {
    try {
      await sms.send(
        { to: phone, contactId: '', text: `Tocsin: ${outcomeInWords(outcome)}`, data: { type: 'answer' } },
        { idempotencyKey: `reply#${id}` },
      );
    } catch (error) {
      // It may have been delivered, and is no page: it is not repeated.
      if (!isUnanswered(error)) throw error;
    }
    await replies.answered(id);
  };
  const done = await replies.received(id);
  if (done) return done.answered ? undefined : tell(done.outcome);
  const answer = answerIn(messageBody);
  const mayGuess = await replies.mayGuess(phone, at);
  const meaning = answer && mayGuess ? await replies.meaning(phone, answer.code) : undefined;
  const person = meaning && meaning.expiresAt > at.toISOString() ? await people(meaning.userId) : undefined;
  if (!answer || !meaning || person?.status !== 'active') {
    const outcome: Outcome = { code: answer ? 'unknown_code' : 'unreadable' };
    const hinted = mayGuess && !isForCarrier(messageBody) && (await mayHint(deps, phone, at));
    await replies.refuse(id, outcome, refusal(phone, outcome.code, at), at, { guessedBy: answer && phone, hinted });
    return hinted ? tell(outcome) : undefined;
  }
  const outcome = await outcomeOf(acts, answer.action, person, {
    alertId: meaning.alertId,
    note: 'By an answer to a text message.',
    key: keyOf('reply', id),
  });
  await replies.settle(
    id,
    outcome,
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
  await tell(outcome);
};

/** True for a phone that we page and that has not had all hints of the day. */
const mayHint = async ({ replies, people }: ReceiveDeps, phone: string, at: Date): Promise<boolean> => {
  const code = await replies.goodOn(phone, at);
  if (!code || (await people(code.userId))?.status !== 'active') return false;
  return replies.countHint(phone, at);
};

/** The audit trail has no number. Its hash shows whether two refusals come from the same phone. */
const refusal = (phone: string, why: Outcome['code'], at: Date): AuditEvent =>
  auditEvent(
    {
      type: 'reply.refused',
      actor: NOBODY,
      subject: { kind: 'phone', id: sha256(phone).slice(0, 16), name: `…${phone.slice(-2)}` },
      outcome: 'denied',
      detail: { why: why === 'unknown_code' ? 'There is no such code for this phone.' : 'It is no answer to a page.' },
    },
    INSIDE,
    at,
  );
