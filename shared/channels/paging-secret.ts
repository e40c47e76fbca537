import type { SSMClient } from '@aws-sdk/client-ssm';
import { parameters } from '../aws/parameters.ts';
import type { Clock } from '../kernel/clock.ts';

/** The secrets of messages: what links and webhooks are signed by, and the tokens of Slack, which an operator puts in. */
export interface PagingSecret {
  /** Of links and of webhooks' secrets; sixty-four characters by chance. */
  readonly key: string;
  readonly slackBotToken: string;
  readonly slackSigningSecret: string;
}

/** The parameter that an operator writes. */
type SlackTokens = Pick<PagingSecret, 'slackBotToken' | 'slackSigningSecret'>;

const FRESH_MS = 300_000;
const NO_SLACK: SlackTokens = { slackBotToken: '', slackSigningSecret: '' };

/** Reads the parameters, and believes what was read for five minutes, or for as long as they cannot be read again. */
export const pagingSecret = (
  { clock, ssm }: { readonly clock: Clock; readonly ssm: SSMClient },
  names: { readonly links: string; readonly slack: string },
): (() => Promise<PagingSecret>) => {
  let known: { readonly at: number; readonly secret: PagingSecret } | undefined;
  return async () => {
    const at = clock.now().getTime();
    if (known && at - known.at < FRESH_MS) return known.secret;
    try {
      const found = await parameters(ssm, [names.links, names.slack]);
      const key = found.get(names.links);
      if (key === undefined)
        throw new Error(`There is no parameter ${names.links}: deploy the stage again to have it made`);
      known = { at, secret: { ...NO_SLACK, ...tokensIn(found.get(names.slack)), key } };
      return known.secret;
    } catch (error) {
      if (!known) throw error;
      return known.secret;
    }
  };
};

const tokensIn = (text = '{}'): Partial<SlackTokens> => JSON.parse(text) as Partial<SlackTokens>;
