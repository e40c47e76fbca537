import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { SendEmailCommandInput, SESv2Client } from '@aws-sdk/client-sesv2';
import { hostOf, withBreaker } from '../../shared/channels/breaker.ts';
import { Refused, type Channel, type Message } from '../../shared/channels/channel.ts';
import { emailChannel } from '../../shared/channels/email.ts';
import { slackApi, type SlackApi } from '../../shared/channels/slack-api.ts';
import { slackChannel } from '../../shared/channels/slack.ts';
import { smsChannel } from '../../shared/channels/sms.ts';
import { teamsChannel } from '../../shared/channels/teams.ts';
import { topicChannel } from '../../shared/channels/topic.ts';
import { webhookChannel } from '../../shared/channels/webhook.ts';
import type { PagingSecret } from '../../shared/channels/paging-secret.ts';
import { REFUSALS } from './world/services.ts';
import type { Call, Refusals, Surroundings, World } from './world/world.ts';

export type ProviderName = 'sms' | 'email' | 'slack' | 'teams' | 'webhook' | 'topic';

/** Whether a channel reaches a program, which knows a message by its key and gets no digest. */
export const isOfProgram = (channel: ProviderName | undefined): boolean => channel === 'webhook' || channel === 'topic';

/** How providers behave in a night. Rates are shares of their requests. */
export interface Moods {
  /** Asks to be left alone for a while: 429 with Retry-After, or a throttle where the provider knows no such header. */
  readonly busy: number;
  /** Refuses for good. */
  readonly rejects: number;
  /** Takes a message at once, and answers seconds later. */
  readonly slow: number;
  /** Takes a message after its sender has given up waiting. */
  readonly late: number;
}

/** One request that was made of a provider. Times are milliseconds of the world. */
export interface Asked {
  readonly provider: ProviderName;
  readonly key: string;
  readonly message: Message;
  readonly askedAt: number;
  /** When the provider took it. */
  takenAt?: number;
  answer: 'on its way' | 'taken' | 'refused' | 'lost';
  /** Until when the provider asked to be left alone, as the sender heard. */
  spareUntil?: number;
  /** What Slack calls the message. */
  ts?: string;
}

/** What a message in Slack says, from an instant on. */
interface Said {
  readonly at: number;
  readonly standing: string | undefined;
  /** Tokens of its buttons, by what they do. */
  readonly buttons: Readonly<Record<string, string>>;
}

export const SLACK_SECRET: PagingSecret = {
  key: 'of this night',
  slackBotToken: 'xoxb-of-this-night',
  slackSigningSecret: 'of Slack',
};
/** What senders wait for an answer. */
const PATIENCE_MS = 25_000;
export const SLOW_MS = 20_000;

/** A provider that says no, and for how many seconds it does. */
class No extends Error {
  override readonly name: string = 'No';
  readonly status: number;
  readonly seconds: number;
  constructor(status: number, seconds: number = 0) {
    super(`It answers ${status}`);
    this.status = status;
    this.seconds = seconds;
  }
}

interface SlackBody {
  readonly channel: string;
  readonly ts?: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly elements?: readonly { readonly text?: unknown; readonly value?: string; readonly action_id?: string }[];
  }[];
}

const saidIn = ({ blocks }: SlackBody, at: number): Said => ({
  at,
  standing: blocks.find(({ type }) => type === 'context')?.elements?.[0]?.text as string | undefined,
  buttons: Object.fromEntries(
    (blocks.find(({ type }) => type === 'actions')?.elements ?? []).map((each) => [each.action_id, each.value]),
  ) as Record<string, string>,
});

/**
 * Providers at the boundary of HTTP and of the SDK, behind the channels as they are deployed: SMS, mail, Slack's Web API,
 * workflows of Teams, webhooks and topics. They refuse, ask to be left alone, answer late, or take a message whose sender has
 * given up. `delivered` receives each message that one of them takes.
 */
export const simulatedProviders = (world: World, moods: () => Moods, delivered: (asked: Asked) => void) => {
  const { chance, now, after } = world;
  const all: Asked[] = [];
  const inSlack = new Map<string, Said[]>();

  /** Makes one request; `effect` is what the provider does as it takes it. */
  const request = async <T>(call: Call, mine: Asked, refusals: Refusals, effect: () => T): Promise<T> => {
    const take = (): T => {
      mine.takenAt = now();
      const answer = effect();
      delivered(mine);
      return answer;
    };
    all.push(mine);
    if (chance.happens(moods().late)) {
      after(PATIENCE_MS + chance.between(1, 15_000), () => void take());
      mine.answer = 'lost';
      await new Promise<void>((resolve) => after(PATIENCE_MS, resolve));
      throw refusals.unanswered();
    }
    try {
      const answer = await call(() => {
        if (chance.happens(moods().busy)) throw new No(429, chance.between(5, 60));
        if (chance.happens(moods().rejects)) throw new No(400);
        return take();
      }, refusals);
      if (chance.happens(moods().slow)) {
        await new Promise<void>((resolve) => after(chance.between(1_000, SLOW_MS), resolve));
      }
      mine.answer = 'taken';
      return answer;
    } catch (error) {
      mine.answer = mine.takenAt === undefined ? 'refused' : 'lost';
      if (error instanceof No && error.seconds > 0) mine.spareUntil = now() + error.seconds * 1000;
      throw error;
    }
  };
  const HTTP: Refusals = { refused: () => new No(503), unanswered: REFUSALS.unanswered };
  /** The error of the SDK for what AWS answers. */
  const ofAws = (error: unknown): unknown =>
    error instanceof No
      ? Object.assign(new Error(), { name: error.status === 429 ? 'ThrottlingException' : 'InvalidParameterException' })
      : error;

  /** Slack's Web API; `mine` is the message that a call posts, undefined where it changes one. */
  const slackIn = (call: Call, mine?: Asked): SlackApi =>
    slackApi({
      secret: () => Promise.resolve(SLACK_SECRET),
      url: 'https://slack.test/api/',
      request: async (url, { body }) => {
        const sent = JSON.parse(String(body)) as SlackBody;
        const headers = (seconds: number) => new Headers(seconds > 0 ? { 'retry-after': String(seconds) } : {});
        const answer = (status: number, said: object, seconds = 0) => ({
          ok: status < 300,
          status,
          headers: headers(seconds),
          json: () => Promise.resolve(said),
        });
        try {
          if (url.endsWith('chat.update')) {
            return await call(() => {
              if (chance.happens(moods().busy)) throw new No(429, chance.between(5, 60));
              inSlack.get(`${sent.channel}/${sent.ts}`)?.push(saidIn(sent, now()));
              return answer(200, { ok: true, channel: sent.channel, ts: sent.ts });
            }, HTTP);
          }
          if (!mine) throw new Error('A message is posted without a page');
          return await request(call, mine, HTTP, () => {
            mine.ts = `D${sent.channel}/${inSlack.size + 1}.0`;
            inSlack.set(mine.ts, [saidIn(sent, now())]);
            const [channel, ts] = mine.ts.split('/');
            return answer(200, { ok: true, channel, ts });
          });
        } catch (error) {
          if (error instanceof No) {
            return error.status === 400
              ? answer(200, { ok: false, error: 'channel_not_found' })
              : answer(error.status, {}, error.seconds);
          }
          throw error;
        }
      },
    });

  const channelsIn = ({ clock, call }: Surroundings): Readonly<Record<ProviderName, Channel>> => {
    const channelFor = (
      provider: ProviderName,
      made: (mine: Asked) => Channel,
      providerOf?: (of: Message) => string,
    ) => {
      const { takesLinks, knowsKeys } = made({} as Asked);
      const channel: Channel = {
        ...(takesLinks && { takesLinks }),
        ...(knowsKeys && { knowsKeys }),
        send: (message, options) =>
          made({ provider, key: options.idempotencyKey, message, askedAt: now(), answer: 'on its way' }).send(
            message,
            options,
          ),
      };
      return withBreaker(clock, channel, providerOf);
    };
    const sdk = async (mine: Asked, answer: object): Promise<object> => {
      try {
        return await request(call, mine, REFUSALS, () => answer);
      } catch (error) {
        throw ofAws(error);
      }
    };
    const posted = async (mine: Asked): Promise<string> => {
      try {
        return await request(call, mine, HTTP, () => '');
      } catch (error) {
        throw error instanceof No ? new Refused(error.status, error.seconds * 1000) : error;
      }
    };
    return {
      sms: channelFor('sms', (mine) =>
        smsChannel({
          sns: { send: ((_: { input: PublishCommandInput }) => sdk(mine, { MessageId: 's' })) as SNSClient['send'] },
        }),
      ),
      email: channelFor('email', (mine) =>
        emailChannel({
          from: 'tocsin@tocsin.test',
          ses: {
            send: ((_: { input: SendEmailCommandInput }) => sdk(mine, { MessageId: 'e' })) as SESv2Client['send'],
          },
        }),
      ),
      slack: channelFor('slack', (mine) => slackChannel({ slack: slackIn(call, mine) })),
      webhook: channelFor(
        'webhook',
        (mine) =>
          webhookChannel({
            clock,
            secret: () => Promise.resolve(SLACK_SECRET),
            allowed: [] as never,
            request: () => posted(mine),
          }),
        hostOf,
      ),
      teams: channelFor('teams', (mine) => teamsChannel({ allowed: [] as never, request: () => posted(mine) }), hostOf),
      topic: channelFor('topic', (mine) =>
        topicChannel({
          sns: { send: ((_: { input: PublishCommandInput }) => sdk(mine, { MessageId: 't' })) as SNSClient['send'] },
        }),
      ),
    };
  };

  return {
    channelsIn,
    slackIn: ({ call }: Surroundings) => slackIn(call),
    /** Every request that was made of a provider, in order. */
    asked: (): readonly Asked[] => all,
    /** What a message in Slack has said, in order. */
    saidBy: (ts: string): readonly Said[] => inSlack.get(ts) ?? [],
  };
};

export type SimulatedProviders = ReturnType<typeof simulatedProviders>;
