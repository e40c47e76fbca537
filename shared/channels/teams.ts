import type { Ranges } from '../http/address.ts';
import type { Channel, Message } from './channel.ts';
import { post } from './post.ts';

/** An Adaptive Card, as a workflow of Teams takes it from its webhook. https://adaptivecards.io/explorer/ */
const teamsCard = ({ text, links }: Pick<Message, 'text' | 'links'>): object => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        // Unlike a text block, a run of text is shown as it is: no link in it goes by another name.
        body: text
          .split('\n')
          .map((line) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: line, weight: 'Bolder' }] })),
        actions: links
          ? [
              { type: 'Action.OpenUrl', title: 'Acknowledge', url: links.acknowledge },
              { type: 'Action.OpenUrl', title: 'Resolve', url: links.resolve },
            ]
          : [],
      },
    },
  ],
});

/** Microsoft Teams, by the webhook of a workflow, which knows no idempotency keys and tells no id. */
export const teamsChannel = ({
  allowed,
  request = post,
}: {
  readonly allowed: Ranges;
  readonly request?: typeof post;
}): Channel => ({
  takesLinks: true,
  send: async (message) => {
    await request(message.to, { 'content-type': 'application/json' }, JSON.stringify(teamsCard(message)), allowed);
    return { provider: 'teams', providerId: '' };
  },
});
