import { ACTIONS, type Action, type Channel } from './channel.ts';
import type { SlackApi } from './slack-api.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text object holds so many characters. https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const MAX_BLOCK_CHARS = 3_000;
/** What notifications show in place of the blocks: no more than one block holds. */
const MAX_TEXT_CHARS = MAX_BLOCK_CHARS - 2;

/**
 * Text in Slack's markup, at most so many characters of it as Slack counts them, with no character and no escape cut in two.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
const escaped = (text: string, mostChars: number): string => {
  const parts = Array.from(text, (char) => ESCAPES[char] ?? char);
  const whole = parts.join('');
  if (whole.length <= mostChars) return whole;
  let kept = '';
  for (const part of parts) {
    if (kept.length + part.length >= mostChars) break;
    kept += part;
  }
  return `${kept}…`;
};

/** The lines of a text as sections, as many lines in each as it holds. */
const sectionsOf = (text: string): object[] => {
  const packed: string[] = [];
  for (const line of text.split('\n')) {
    const one = escaped(line, MAX_BLOCK_CHARS - 2);
    const last = packed.at(-1);
    if (last !== undefined && last.length + one.length + 3 <= MAX_BLOCK_CHARS) packed.splice(-1, 1, `${last}\n${one}`);
    else packed.push(one);
  }
  return packed.map((lines) => ({ type: 'section', text: { type: 'mrkdwn', text: `*${lines}*` } }));
};

const LABELS = { acknowledge: 'Acknowledge', resolve: 'Resolve' } as const;

/**
 * A message in Slack: what it says, how it stands, and a button for each token. A token is that of the link which does the
 * same, so it is bound, lasts and ends as that does.
 */
export const slackMessage = (text: string, tokens: Partial<Record<Action, string>>, standing?: string): object => ({
  text: escaped(standing === undefined ? text : `${text} – ${standing}`, MAX_TEXT_CHARS),
  blocks: [
    ...sectionsOf(text),
    ...(standing === undefined
      ? []
      : [{ type: 'context', elements: [{ type: 'mrkdwn', text: escaped(standing, MAX_BLOCK_CHARS) }] }]),
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

/**
 * Slack, which knows no idempotency keys. To a person the message has buttons for what would still change something; to a
 * channel of many it has none.
 */
export const slackChannel = ({ slack }: { readonly slack: SlackApi }): Channel => ({
  takesLinks: true,
  send: async ({ to, text, links, standing }) => {
    const tokens = links && {
      ...(standing === undefined && { acknowledge: tokenIn(links.acknowledge) }),
      resolve: tokenIn(links.resolve),
    };
    const { channel, ts } = await slack('chat.postMessage', {
      channel: to,
      ...slackMessage(text, tokens ?? {}, standing),
    });
    return { provider: 'slack', providerId: `${channel}/${ts}` };
  },
});
