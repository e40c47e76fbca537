import { mailClient, smsClient, ssmClient, textClient } from '../aws/clients.ts';
import type { AddSharedContact } from '../contacts/contact.ts';
import { rangesIn } from '../http/address.ts';
import { systemClock } from '../kernel/clock.ts';
import { readEnv } from '../kernel/env.ts';
import { lazy } from '../kernel/lazy.ts';
import { hostOf, withBreaker } from './breaker.ts';
import type { Channel, ChannelName, Message } from './channel.ts';
import { emailChannel } from './email.ts';
import { endUserMessagingChannel } from './end-user-messaging.ts';
import { pagingSecret } from './paging-secret.ts';
import { slackApi } from './slack-api.ts';
import { slackChannel } from './slack.ts';
import { smsChannel } from './sms.ts';
import { teamsChannel } from './teams.ts';
import { topicChannel } from './topic.ts';
import { webhookChannel } from './webhook.ts';

/*
 * The channels of the stage that a function runs in, from its environment. `PagingData.grantSharedChannelsTo` and
 * `grantChannelsTo` grant what they need.
 */

/** The secrets of the stage: one reader for all channels of a function. */
export const stageSecret = /* @__PURE__ */ lazy(() => {
  const { LINKS_PARAMETER: links, SLACK_PARAMETER: slack } = readEnv(['LINKS_PARAMETER', 'SLACK_PARAMETER']);
  return pagingSecret({ clock: systemClock, ssm: ssmClient() }, { links, slack });
});

/** Addresses that webhooks may reach apart from the open internet. */
export const targetRanges = () => rangesIn(readEnv(['TARGET_RANGES']).TARGET_RANGES);

/** Slack's Web API, with the bot's token of the stage. */
export const stageSlack = () => slackApi({ secret: stageSecret(), url: readEnv(['SLACK_URL']).SLACK_URL });

/** Text messages, without a breaker. */
export const stageSms = (): Channel => {
  const { SMS_CONFIGURATION_SET: configurationSet } = readEnv(['SMS_CONFIGURATION_SET']);
  return configurationSet === 'none'
    ? smsChannel({ sns: smsClient() })
    : endUserMessagingChannel({ texts: textClient(), configurationSet });
};

const spared = (channel: Channel, providerOf?: (message: Message) => string): Channel =>
  withBreaker(systemClock, channel, providerOf);

/** The channels of contacts that belong to no user. */
export const sharedChannels = (): Readonly<Record<AddSharedContact['channel'], Channel>> => {
  const [secret, allowed] = [stageSecret(), targetRanges()];
  return {
    slack: spared(slackChannel({ slack: stageSlack() })),
    teams: spared(teamsChannel({ allowed }), hostOf),
    topic: spared(topicChannel({ sns: smsClient() })),
    webhook: spared(webhookChannel({ clock: systemClock, secret, allowed }), hostOf),
  };
};

/** Every channel of the stage. It sends mail only where it has an address to send from. */
export const stageChannels = (): Readonly<Record<ChannelName, Channel | undefined>> => {
  const { MAIL_FROM: from } = readEnv(['MAIL_FROM']);
  return {
    ...sharedChannels(),
    sms: spared(stageSms()),
    email: from === 'none' ? undefined : spared(emailChannel({ ses: mailClient(), from })),
  };
};
