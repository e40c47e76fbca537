import * as z from 'zod/mini';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';

export const MAX_CONTACTS = 5;
/** So many codes a user may have sent in a day. */
export const MAX_CODES_A_DAY = 10;
const CODE_MINUTES = 15;
const MAX_GUESSES = 5;

export const AddContact = z.strictObject({
  channel: z.literal('sms'),
  to: z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number such as +4915112345678 (E.164)')),
});
export type AddContact = z.infer<typeof AddContact>;

export const VerifyContact = z.strictObject({ code: z.string().check(z.regex(/^\d{6}$/, 'must be six digits')) });

export const Contact = z.object({
  id: z.string(),
  channel: z.literal('sms'),
  to: z.string(),
  verified: z.boolean(),
  createdAt: z.iso.datetime(),
});
export type Contact = z.infer<typeof Contact>;

/** A contact as it lies in the table. The code is kept as a hash, until it is told. */
export interface StoredContact extends Contact {
  readonly userId: string;
  readonly codeHash?: string;
  readonly codeUntil?: string;
  readonly guesses: number;
  readonly event: AuditEvent;
}

export const hashOf = (contactId: string, code: string): string => sha256(contactId, code);

export const codeUntil = (at: Date): string => new Date(at.getTime() + CODE_MINUTES * 60_000).toISOString();

/** Whether the code may still be told at all. */
export const takesCode = ({ verified, codeUntil: until = '', guesses }: StoredContact, at: Date): boolean =>
  !verified && guesses < MAX_GUESSES && until > at.toISOString();

export const contactView = ({ id, channel, to, verified, createdAt }: StoredContact): Contact => ({
  id,
  channel,
  to,
  verified,
  createdAt,
});
