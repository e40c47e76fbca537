import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { sentenceOf } from '../api/refusal.ts';
import { useMe } from '../session/use-session.ts';
import { notify } from '../shell/notices.tsx';
import type { Alert, AlertPages } from './use-alerts.ts';

/** What a person does to alerts. */
export type Act =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'unacknowledge' }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'snooze'; readonly durationSeconds: number }
  | { readonly kind: 'assign'; readonly assignee: string | null };

const DONE: Readonly<Record<Act['kind'], string>> = {
  acknowledge: 'acknowledged',
  unacknowledge: 'open again',
  resolve: 'resolved',
  snooze: 'snoozed',
  assign: 'assigned',
};

const send = (id: string, act: Act): Promise<Alert> => {
  const params = { path: { id } };
  switch (act.kind) {
    case 'acknowledge':
      return bodyOf(api.POST('/api/monitoring/alerts/{id}/acknowledge', { params, body: {} }));
    case 'unacknowledge':
      return bodyOf(api.POST('/api/monitoring/alerts/{id}/unacknowledge', { params, body: {} }));
    case 'resolve':
      return bodyOf(api.POST('/api/monitoring/alerts/{id}/resolve', { params, body: {} }));
    case 'snooze':
      return bodyOf(
        api.POST('/api/monitoring/alerts/{id}/snooze', { params, body: { durationSeconds: act.durationSeconds } }),
      );
    case 'assign':
      return bodyOf(api.POST('/api/monitoring/alerts/{id}/assign', { params, body: { assignee: act.assignee } }));
  }
};

/** How an alert will look if the backend agrees. */
const expected = (alert: Alert, act: Act, by: string): Alert => {
  const at = new Date().toISOString();
  switch (act.kind) {
    case 'acknowledge':
      return { ...alert, status: 'acknowledged', acknowledgedBy: by, acknowledgedAt: at };
    case 'unacknowledge':
      return { ...alert, status: 'open', acknowledgedBy: null, acknowledgedAt: null };
    case 'resolve':
      return { ...alert, status: 'resolved', resolvedBy: by, resolvedAt: at };
    case 'snooze':
      return { ...alert, snoozedUntil: new Date(Date.now() + act.durationSeconds * 1000).toISOString() };
    case 'assign':
      return { ...alert, assignee: act.assignee };
  }
};

interface Input {
  readonly alerts: readonly Alert[];
  readonly act: Act;
}

const AT_ONCE = 6;

/** Sends one act to many alerts, some at a time, and answers why each refused one was refused. */
const sendAll = async ({ alerts, act }: Input): Promise<ReadonlyMap<string, unknown>> => {
  const refused = new Map<string, unknown>();
  const waiting = [...alerts];
  const work = async (): Promise<void> => {
    for (let alert = waiting.shift(); alert; alert = waiting.shift()) {
      const { id } = alert;
      await send(id, act).catch((error: unknown) => refused.set(id, error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return refused;
};

const counted = (count: number): string => (count === 1 ? 'The alert is' : `${count} alerts are`);

/** Acts on alerts. The list shows the change at once. What the backend refuses goes back to what it was, with the reason. */
export const useAct = () => {
  const queries = useQueryClient();
  const { name } = useMe();
  const change = (ids: ReadonlySet<string>, to: (alert: Alert) => Alert): void => {
    queries.setQueriesData<AlertPages>({ queryKey: ['alerts', 'list'] }, (data) =>
      data === undefined
        ? data
        : {
            ...data,
            pages: data.pages.map((page) => ({
              ...page,
              items: page.items.map((each) => (ids.has(each.id) ? to(each) : each)),
            })),
          },
    );
  };
  return useMutation({
    mutationFn: sendAll,
    onMutate: async ({ alerts, act }: Input) => {
      await queries.cancelQueries({ queryKey: ['alerts'] });
      change(new Set(alerts.map(({ id }) => id)), (alert) => expected(alert, act, name));
    },
    onSuccess: (refused, { alerts, act }) => {
      const before = new Map(alerts.map((each) => [each.id, each]));
      change(new Set(refused.keys()), (alert) => before.get(alert.id) ?? alert);
      for (const [id, error] of [...refused].slice(0, 3)) {
        notify('error', `“${before.get(id)?.title ?? id}” stays as it was. ${sentenceOf(error)}`);
      }
      if (refused.size > 3) notify('error', `${refused.size - 3} more alerts stay as they were.`);
      if (alerts.length > refused.size)
        notify('success', `${counted(alerts.length - refused.size)} ${DONE[act.kind]}.`);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
};
