import type { Action } from '../links/link.ts';
import { ACTIONS } from '../links/link.ts';
import type { Channel } from './channel.ts';
import type { SlackApi } from './slack-api.ts';

/** Text in Slack's markup. https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const LABELS = { acknowledge: 'Acknowledge', resolve: 'Resolve' } as const;

/**
 * A message in Slack: what it says, how it stands, and a button for each token. A token is that of the link which does the
 * same, so it is bound, lasts and ends as that does.
 */
export const slackMessage = (text: string, tokens: Partial<Record<Action, string>>, standing?: string): object => ({
  text: escaped(standing === undefined ? text : `${text} – ${standing}`),
  blocks: [
    { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(text)}*` } },
    ...(standing === undefined ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text: escaped(standing) }] }]),
    ...(Object.keys(tokens).length === 0
      ? []
      : [
          {
            type: 'actions',
            elements: ACTIONS.flatMap((action) => {
              const value = tokens[action];
              const button = { type: 'button', action_id: action, text: { type: 'plain_text', text: LABELS[action] } };
              return value === undefined
                ? []
                : [{ ...button, value, ...(action === 'resolve' && { style: 'danger' }) }];
            }),
          },
        ]),
  ],
});

const tokenIn = (link: string): string => link.slice(link.lastIndexOf('/') + 1);

/** Slack, which knows no idempotency keys. To a person the message has buttons; to a channel of many it has none. */
export const slackChannel = ({ slack }: { readonly slack: SlackApi }): Channel => ({
  takesLinks: true,
  send: async ({ to, text, links }) => {
    const tokens = links ? { acknowledge: tokenIn(links.acknowledge), resolve: tokenIn(links.resolve) } : {};
    const { channel, ts } = await slack('chat.postMessage', { channel: to, ...slackMessage(text, tokens) });
    return { provider: 'slack', providerId: `${channel}/${ts}` };
  },
});
