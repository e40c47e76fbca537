/** What a person may do about a page. */
export const ACTIONS = ['acknowledge', 'resolve'] as const;
export type Action = (typeof ACTIONS)[number];

/** What a person may do about a page: two links and, by SMS where answers come in, a code. */
export type Links = Readonly<Record<Action, string>> & { readonly replyCode?: string | undefined };

/** What a provider said when it took a message. */
export interface Accepted {
  readonly provider: string;
  /** The provider's own id of the message. */
  readonly providerId: string;
}

export interface Message {
  /** Number, address or URL: what the channel reaches people at. */
  readonly to: string;
  /** The contact with the address `to`. */
  readonly contactId: string;
  /** How often the contact's secret was renewed; only webhooks have one. */
  readonly secretGeneration?: number | undefined;
  /** All of it in one line, for people. */
  readonly text: string;
  /** What its person may do by a tap. */
  readonly links?: Links | undefined;
  /** Who has acknowledged the alert already, in a sentence; only somebody who was asked for is paged then. */
  readonly standing?: string | undefined;
  /** Where a mail program ends the subscription by one click (RFC 8058). */
  readonly unsubscribeUrl?: string | undefined;
  /** The same for programs. */
  readonly data: { readonly type: 'code' | 'page' | 'answer' | 'notice' | 'status' } & Readonly<
    Record<string, unknown>
  >;
}

/** Every channel. Contacts, configuration, stage and notices derive from this list. */
export const CHANNEL_NAMES = ['sms', 'email', 'slack', 'teams', 'webhook', 'topic'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** The channels that a function sends through; undefined where the stage has none of that name. */
export type Channels = Readonly<Partial<Record<ChannelName, Channel | undefined>>>;

/** One value for each channel. */
export const perChannel = <T>(valueOf: (name: ChannelName) => T): Record<ChannelName, T> =>
  Object.fromEntries(CHANNEL_NAMES.map((name) => [name, valueOf(name)])) as Record<ChannelName, T>;

export interface SendOptions {
  readonly idempotencyKey: string;
  /** The names of the pages in the message, for a provider that reports what became of it. */
  readonly pages?: readonly string[];
}

/** A way to a person or a program, such as SMS. */
export interface Channel {
  /** Whether its messages reach a person who may tap a link. */
  readonly takesLinks?: true;
  /** Whether receivers know a message by its key, so that a repeat of one whose outcome is unknown does no harm. */
  readonly knowsKeys?: true;
  /**
   * Hands a message to the provider. The same `idempotencyKey` names the same message, for providers that know such keys.
   * Rejects where the provider refused it, or where what became of it is unknown (`isUnanswered`).
   */
  send(message: Message, options: SendOptions): Promise<Accepted>;
}

/** The text with the links below it, each on a line of its own. */
export const withLinks = ({ text, links }: Pick<Message, 'text' | 'links'>): string =>
  links ? `${text}\nAcknowledge: ${links.acknowledge}\nResolve: ${links.resolve}` : text;

/** Version of what programs are sent: webhooks and topics. */
const MESSAGE_SCHEMA = 'tocsin.page/1';

/** The body for programs. The same message has the same body, so that a receiver may compare. */
export const bodyOf = ({ text, data }: Message, idempotencyKey: string): string =>
  JSON.stringify({ schema: MESSAGE_SCHEMA, id: idempotencyKey, text, ...data });

/** How long a receiver asks to be left alone by its header `Retry-After`, in seconds; 0 where it says nothing of that kind. */
export const retryAfterMs = (header: string | null | undefined): number =>
  /^\d{1,6}$/.test(header ?? '') ? Number(header) * 1000 : 0;

/** A receiver answered with an HTTP status that says no. It may say yes later where the status says so. */
export class Refused extends Error {
  override readonly name: string;
  readonly $metadata: { readonly httpStatusCode: number };
  readonly retryAfterMs: number;

  constructor(status: number, retryAfter: number = 0) {
    super(`It answered ${status}`);
    this.retryAfterMs = retryAfter;
    // Later may be better: isTransient() goes by the status, and takes 5xx for a refusal that passes.
    const passes = status === 408 || status === 425 || status === 429;
    this.name = passes ? 'TooManyRequestsException' : `Http${status}`;
    this.$metadata = { httpStatusCode: status };
  }
}
