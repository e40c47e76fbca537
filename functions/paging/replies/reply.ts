import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';
import type { Action } from '../links/link.ts';

/** What is known of a code: who may answer what by it. */
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

/** So many codes that are none are taken from a phone in a day; what follows is not looked at. */
export const MAX_WRONG_A_DAY = 10;

const CODES = 10_000;

/**
 * The code of an alert on a phone, by HMAC under the key of the stage; another one for each further `attempt`, where two
 * met.
 */
export const replyCode = (key: string, phone: string, alertId: string, attempt: number): string => {
  const mac = createHmac('sha256', key)
    .update(JSON.stringify(['reply', phone, alertId, attempt]))
    .digest();
  return String(mac.readUInt32BE() % CODES).padStart(4, '0');
};

/** As thumbs and keyboards at night have it: also with a full stop copied along, in quotes, or with marks of direction. */
const ANSWER = /^[^\p{L}\p{N}]*(a|ack|acknowledge|r|res|resolve)[^\p{L}\p{N}]*(\d{4})[^\p{L}\p{N}]*$/iu;

/** What somebody answers: `A 1234` acknowledges, `R 1234` resolves. Undefined for anything else. */
export const answerIn = (text: string): { readonly action: Action; readonly code: string } | undefined => {
  const [, word = '', code = ''] = ANSWER.exec(text) ?? [];
  if (code === '') return undefined;
  return { action: word.toLowerCase().startsWith('a') ? 'acknowledge' : 'resolve', code };
};
