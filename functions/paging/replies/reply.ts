import type { Action } from '../../../shared/channels/channel.ts';
import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';

/** A code: the alert that it answers, and the user whose phone it is. */
export interface ReplyCode {
  readonly alertId: string;
  readonly userId: string;
  /** RFC 3339 UTC. */
  readonly expiresAt: string;
}

/** A message to our number, as AWS End User Messaging publishes it to a topic for two-way SMS. */
export const Inbound = z.object({
  originationNumber: z.string().check(z.maxLength(32)),
  messageBody: z.string(),
  inboundMessageId: z.string().check(z.minLength(1), z.maxLength(256)),
});
export type Inbound = z.infer<typeof Inbound>;

/** After this many wrong codes in a day, further messages of a phone are ignored. */
export const MAX_WRONG_A_DAY = 10;

const CODES = 10_000;

/**
 * The code of an alert on a phone, by HMAC under the key of the stage. If two alerts get the same code, each further `attempt` gives
 * another one.
 */
export const replyCode = (key: string, phone: string, alertId: string, attempt: number): string => {
  const mac = createHmac('sha256', key)
    .update(JSON.stringify(['reply', phone, alertId, attempt]))
    .digest();
  return String(mac.readUInt32BE() % CODES).padStart(4, '0');
};

/** A phone gets at most this many hints in a day, so that two machines do not talk for ever. */
export const MAX_HINTS_A_DAY = 3;

/** Keywords of the carrier, which answers them itself: https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html */
const OF_CARRIER =
  /^\W*(stop|stopall|arret|unsubscribe|cancel|end|quit|optout|revoke|remove|help|info|start|unstop)\W*$/i;

/** Whether a message is meant for the carrier. */
export const isForCarrier = (text: string): boolean => OF_CARRIER.test(text);

const WORD = '(a|ack|acknowledge|r|res|resolve)';
const CODE = String.raw`(\d{4})(?![\p{L}\p{N}])`;
/**
 * An answer as people type it at night: also in quotes, with marks of direction, or followed by other words. It begins the message.
 */
const ANSWER = new RegExp(String.raw`^[^\p{L}\p{N}]*${WORD}[^\p{L}\p{N}]*${CODE}`, 'iu');
const EVERY_ANSWER = new RegExp(String.raw`(?<![\p{L}\p{N}])${WORD}[^\p{L}\p{N}]*${CODE}`, 'giu');

const actionOf = (word: string): Action => (word.toLowerCase().startsWith('a') ? 'acknowledge' : 'resolve');

/**
 * The answer in a message: `A 1234` acknowledges, `R 1234` resolves. Text behind it, such as a signature, does not count.
 * Undefined for anything else, and for a line that gives two answers.
 */
export const answerIn = (text: string): { readonly action: Action; readonly code: string } | undefined => {
  const [line = ''] = text.trimStart().split(/\r\n|[\n\r\u2028\u2029]/, 1);
  const [, word = '', code = ''] = ANSWER.exec(line) ?? [];
  if (code === '') return undefined;
  const given = new Set([...line.matchAll(EVERY_ANSWER)].map(([, each = '', of]) => `${actionOf(each)} ${of}`));
  return given.size === 1 ? { action: actionOf(word), code } : undefined;
};
