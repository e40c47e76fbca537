import type { Clock } from '../../../shared/kernel/clock.ts';
import { replyCode } from './reply.ts';
import type { ReplyStore } from './store.ts';

const ATTEMPTS = 10;
const HOURS = 24;

/**
 * Takes a code of four digits, by which the owner of a phone answers for an alert for a day. Every attempt and every page of the
 * alert gets the same code. Undefined if ten codes in a row mean other alerts on this phone.
 */
export const takeReplyCode = async (
  { clock, replies, key }: { readonly clock: Clock; readonly replies: Pick<ReplyStore, 'take'>; readonly key: string },
  phone: string,
  { alertId, userId }: { readonly alertId: string; readonly userId: string },
): Promise<string | undefined> => {
  const at = clock.now();
  const expiresAt = new Date(at.getTime() + HOURS * 3_600_000).toISOString();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const code = replyCode(key, phone, alertId, attempt);
    if (await replies.take(phone, code, { alertId, userId, expiresAt }, at)) return code;
  }
  return undefined;
};
