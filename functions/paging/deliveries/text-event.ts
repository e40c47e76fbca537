import * as z from 'zod/mini';

/**
 * What became of a text, as AWS End User Messaging publishes it.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
 */
export const TextEvent = z.object({
  eventType: z.string().check(z.regex(/^TEXT_[A-Z_]{1,40}$/)),
  isFinal: z.optional(z.boolean()),
  messageId: z.string().check(z.minLength(1), z.maxLength(256)),
  context: z.optional(z.nullable(z.record(z.string(), z.string()))),
});
export type TextEvent = z.infer<typeof TextEvent>;

export const isTextEvent = (message: unknown): boolean => TextEvent.safeParse(message).success;

/** A phone, or a carrier that reports no more than that it took the text, has it. */
const DELIVERED: ReadonlySet<string> = new Set(['TEXT_DELIVERED', 'TEXT_SUCCESSFUL']);

/** The text is on its way. */
const PENDING: ReadonlySet<string> = new Set(['TEXT_QUEUED', 'TEXT_PENDING', 'TEXT_SENT']);

/**
 * Whether a text was delivered. Undefined where that is not known: it is on its way, or the carrier says nothing, as with `TEXT_UNKNOWN`.
 * An event that is not final decides nothing but a delivery.
 */
export const wasDelivered = ({ eventType, isFinal = true }: TextEvent): boolean | undefined => {
  if (DELIVERED.has(eventType)) return true;
  if (!isFinal || PENDING.has(eventType) || eventType === 'TEXT_UNKNOWN') return undefined;
  return false;
};

/** The subjects and keys of the pages of a text: `alr_1#000001#…`. */
export const pagesIn = ({ context }: TextEvent): readonly { readonly subjectId: string; readonly key: string }[] =>
  Object.entries(context ?? {}).flatMap(([name, value]) => {
    const [, subjectId = '', key = ''] = /^([^#]+)#(.+)$/s.exec(value) ?? [];
    return name.startsWith('page') && key !== '' ? [{ subjectId, key }] : [];
  });
