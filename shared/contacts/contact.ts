import * as z from 'zod/mini';
import { CHANNEL_NAMES } from '../channels/channel.ts';
import type { AuditEvent } from '../kernel/audit-event.ts';
import type { Caller } from '../kernel/caller.ts';
import { notFound } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';

export const MAX_CONTACTS = 5;
/** So many belong to no user. */
export const MAX_SHARED = 50;
/** So many codes a user may have sent in a day. */
export const MAX_CODES_A_DAY = 10;
const CODE_MINUTES = 15;
const MAX_GUESSES = 5;

/** The id of a contact. Other items in an owner's partition have other names. */
export const ContactId = z.string().check(z.regex(/^con_[0-9a-z_]{1,60}$/, 'must be the id of a contact'));

/** Owner of the contacts that belong to no user: topics, and webhooks that policies name. */
export const SHARED = 'SHARED';

/** Each owner has a partition for their contacts. */
export const OWNER_PREFIX = 'USER#';

/** Passes where a caller may manage the contacts of an owner; refuses otherwise. */
export type OwnerGuard = (caller: Caller, owner: string) => Promise<void>;

/** A contact of somebody. */
export interface ContactOf {
  /** The user's id, or `SHARED`. */
  readonly owner: string;
  readonly contactId: string;
}

export const noSuchContact = () => notFound('contact.not_found', 'The user has no contact with this id.');

const sms = z.strictObject({
  channel: z.literal('sms'),
  to: z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number such as +4915112345678 (E.164)')),
});
const email = z.strictObject({
  channel: z.literal('email'),
  to: z
    .string()
    .check(
      z.maxLength(254),
      z.regex(
        /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
        'must be an e-mail address such as ana@example.com',
      ),
    ),
});
const webhook = z.strictObject({
  channel: z.literal('webhook'),
  to: z.string().check(
    z.maxLength(2048),
    z.refine((text) => URL.canParse(text), 'must be a URL'),
  ),
});
const topic = z.strictObject({
  channel: z.literal('topic'),
  to: z
    .string()
    .check(
      z.regex(
        /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
        'must be the ARN of a standard topic, such as arn:aws:sns:eu-central-1:123456789012:tocsin-pages-shop',
      ),
    ),
});

const slack = z.strictObject({
  channel: z.literal('slack'),
  to: z.string().check(z.regex(/^[UW][A-Z0-9]{4,20}$/, 'must be the id of a member of Slack, such as U012AB3CD')),
});
const slackChannel = z.strictObject({
  channel: z.literal('slack'),
  to: z.string().check(z.regex(/^[CG][A-Z0-9]{4,20}$/, 'must be the id of a channel of Slack, such as C012AB3CD')),
});
const teams = z.strictObject({ channel: z.literal('teams'), to: webhook.shape.to });

export const AddContact = z
  .discriminatedUnion('channel', [sms, email, slack, teams, webhook])
  .register(z.globalRegistry, { id: 'AddContact' });
export type AddContact = z.infer<typeof AddContact>;

/** Of what belongs to no user, a phone and a mailbox have their place in somebody's own contacts. */
export const AddSharedContact = z
  .discriminatedUnion('channel', [topic, slackChannel, teams, webhook])
  .register(z.globalRegistry, { id: 'AddSharedContact' });
export type AddSharedContact = z.infer<typeof AddSharedContact>;

/** A channel without an address in either schema does not compile. */
const ADDRESSED = CHANNEL_NAMES satisfies readonly (AddContact | AddSharedContact)['channel'][];

export const VerifyContact = z
  .strictObject({ code: z.string().check(z.regex(/^\d{6}$/, 'must be six digits')) })
  .register(z.globalRegistry, { id: 'VerifyContact' });

export const Contact = z
  .object({
    id: z.string(),
    channel: z.enum(ADDRESSED),
    to: z.string(),
    verified: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .register(z.globalRegistry, { id: 'Contact' });
export type Contact = z.infer<typeof Contact>;

export const WebhookSecret = z.object({ secret: z.string() }).register(z.globalRegistry, { id: 'WebhookSecret' });

/** The answer to adding a contact: the secret of a webhook is shown now, and when it is renewed. */
export const AddedContact = z
  .extend(Contact, { secret: z.optional(z.string()) })
  .register(z.globalRegistry, { id: 'AddedContact' });
export type AddedContact = z.infer<typeof AddedContact>;

/** A contact in the table. The code is stored as a hash, until it is entered. */
export interface StoredContact extends Contact {
  /** The user's id, or `SHARED`. */
  readonly userId: string;
  /** Of a webhook: how often its secret was renewed. */
  readonly secretGeneration?: number;
  readonly codeHash?: string;
  readonly codeUntil?: string;
  readonly guesses: number;
  readonly event: AuditEvent;
}

export const hashOf = (contactId: string, code: string): string => sha256(contactId, code);

export const codeUntil = (at: Date): string => new Date(at.getTime() + CODE_MINUTES * 60_000).toISOString();

/** Whether the code may still be entered. */
export const takesCode = ({ verified, codeUntil: until = '', guesses }: StoredContact, at: Date): boolean =>
  !verified && guesses < MAX_GUESSES && until > at.toISOString();

export const contactView = ({ id, channel, to, verified, createdAt }: StoredContact): Contact => ({
  id,
  channel,
  to,
  verified,
  createdAt,
});
