import type { AlertMessage } from '../../alerts/events.ts';
import type { Alert } from '../../alerts/port.ts';
import type { SlackApi } from '../channels/slack-api.ts';
import { slackMessage } from '../channels/slack.ts';
import { SEEN_IN_CHATS } from '../events.ts';
import { textOf, type StoredPage } from '../escalations/page.ts';
import type { EscalationStore } from '../escalations/store.ts';
import { ACTIONS, changes, linkFor, standing, tokenOf, type Action } from '../links/link.ts';
import type { PagingSecret } from '../secret.ts';

export interface UpdateDeps {
  readonly escalations: Pick<EscalationStore, 'pages'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  readonly secret: () => Promise<PagingSecret>;
  readonly slack: SlackApi;
}

const PAGE = 100;

/**
 * Has each message in Slack about an alert say how the alert stands now, with the buttons that would still change something. Doing it
 * again, or late, says the same.
 */
export const update = async (deps: UpdateDeps, { transition, alert: told }: AlertMessage): Promise<void> => {
  if (!SEEN_IN_CHATS.has(transition)) return;
  let alert: Alert | undefined;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<EscalationStore['pages']>> = await deps.escalations.pages(told.id, {
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    });
    for (const entry of page.items) {
      // What was told together is one message about many alerts, and stays as it is.
      if (entry.provider !== 'slack' || entry.providerId === null || entry.joins) continue;
      alert ??= await deps.alertNow(told.id);
      if (alert) await rewrite(deps, entry, alert);
    }
    cursor = page.next;
  } while (cursor !== null);
};

const rewrite = async ({ secret, slack }: UpdateDeps, page: StoredPage, alert: Alert): Promise<void> => {
  const [channel = '', ts = ''] = (page.providerId ?? '').split('/');
  const { key } = await secret();
  const { userId } = page;
  const tokens: Partial<Record<Action, string>> = {};
  for (const action of userId === null ? [] : ACTIONS) {
    const link = linkFor(page, userId ?? '', action);
    if (changes(link, alert)) tokens[action] = tokenOf(key, link);
  }
  await slack('chat.update', { channel, ts, ...slackMessage(textOf(page), tokens, standing(alert)) });
};
