import { type Action, ACTIONS } from '../../../shared/channels/channel.ts';
import { logger } from '../../../shared/aws/observe.ts';
import { consequencesOf, type AlertMessage } from '../../alerts/events.ts';
import type { Alert } from '../../alerts/port.ts';
import type { SlackApi } from '../../../shared/channels/slack-api.ts';
import { slackMessage } from '../../../shared/channels/slack.ts';
import { textOf, type StoredPage } from '../pages/page.ts';
import type { EscalationStore } from '../escalations/store.ts';
import { changes, linkFor, standing, tokenOf } from '../links/link.ts';
import { alertSubject } from '../subject.ts';
import type { LinkStore } from '../links/store.ts';
import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';

export interface UpdateDeps {
  readonly escalations: Pick<EscalationStore, 'pages'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  readonly links: Pick<LinkStore, 'byToken'>;
  readonly secret: () => Promise<PagingSecret>;
  readonly slack: SlackApi;
}

const PAGE = 100;
const ATTEMPTS = 5;
/**
 * Words of Slack for a message that nobody can change any more.
 * https://docs.slack.dev/reference/methods/chat.update#errors
 */
const GONE = new Set([
  'Slack:message_not_found',
  'Slack:channel_not_found',
  'Slack:is_inactive',
  'Slack:is_archived',
  'Slack:cant_update_message',
  'Slack:edit_window_closed',
]);

/**
 * Has each message in Slack about an alert say how the alert stands now, with the buttons that would still change
 * something. Doing it again, or late, says the same: the alert is read once more afterwards, since another may have said
 * meanwhile how it stood before. What is gone from Slack is left out. Rejects while a message is on its way to Slack,
 * which is not known there yet, so that it is done again.
 */
export const updateMessages = async (deps: UpdateDeps, { transition, alert: told }: AlertMessage): Promise<void> => {
  if (!consequencesOf(transition).rewritesChats) return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { shown, isOnItsWay } = await rewriteAll(deps, told);
    const present = shown && (await deps.alertNow(told.id));
    if (shown && present && standing(present) !== standing(shown)) continue;
    if (isOnItsWay) throw new Error(`A message about ${told.id} is on its way`);
    return;
  }
  throw new Error(`The alert ${told.id} kept changing`);
};

const rewriteAll = async (deps: UpdateDeps, told: Pick<Alert, 'id'>) => {
  let alert: Alert | undefined;
  let isOnItsWay = false;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<EscalationStore['pages']>> = await deps.escalations.pages(alertSubject(told.id), {
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    });
    for (const entry of page.items) {
      isOnItsWay ||= entry.channel === 'slack' && entry.status === 'sending';
      // A digest is one message about many alerts, and stays as it is.
      if (entry.provider !== 'slack' || entry.providerId === null || entry.joins) continue;
      alert ??= await deps.alertNow(told.id);
      if (alert) await rewrite(deps, entry, alert);
    }
    cursor = page.next;
  } while (cursor !== null);
  return { shown: alert, isOnItsWay };
};

const rewrite = async ({ links, secret, slack }: UpdateDeps, page: StoredPage, alert: Alert): Promise<void> => {
  const [channel = '', ts = ''] = (page.providerId ?? '').split('/');
  const { key } = await secret();
  const { userId } = page;
  const tokens: Partial<Record<Action, string>> = {};
  for (const action of userId === null ? [] : ACTIONS) {
    const link = linkFor(page, userId ?? '', action);
    if (!changes(link, alert)) continue;
    const token = tokenOf(key, link);
    const known = await links.byToken(token);
    // A used link does nothing more, even if the alert fires again.
    if (known && known.outcome === undefined) tokens[action] = token;
  }
  try {
    await slack('chat.update', { channel, ts, ...slackMessage(textOf(page), tokens, standing(alert)) });
  } catch (error) {
    // The others are to be changed all the same.
    if (!(error instanceof Error && GONE.has(error.name))) throw error;
    logger.warn('a message cannot be changed any more', { alertId: page.subject.id, key: page.key, error });
  }
};
