import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { sentenceOf, Unreachable } from '../api/refusal.ts';
import { clock } from '../session/clock.ts';
import { useMe } from '../session/use-session.ts';
import { notify } from '../shell/notices.tsx';
import { alertKey, type Alert, type AlertPages, type Entry, type WholeAlert } from './use-alerts.ts';

/** What a person does to alerts. */
export type Act =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'unacknowledge' }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'snooze'; readonly durationSeconds: number }
  | { readonly kind: 'assign'; readonly assignee: string | null };

export const DONE: Readonly<Record<Act['kind'], string>> = {
  acknowledge: 'acknowledged',
  unacknowledge: 'open again',
  resolve: 'resolved',
  snooze: 'snoozed',
  assign: 'assigned',
};

/** The alerts of one request: by their ids, or the next of those that match a query. */
export type Subjects = { readonly ids: string[] } | { readonly query: string; readonly cursor?: string };

/** Sends one act to at most as many alerts as one request takes. */
export const send = (of: Subjects, act: Act): Promise<Schemas['AlertOutcomes']> => {
  switch (act.kind) {
    case 'acknowledge':
      return bodyOf(api.POST('/api/monitoring/alerts/bulk/acknowledge', { body: of }));
    case 'unacknowledge':
      return bodyOf(api.POST('/api/monitoring/alerts/bulk/unacknowledge', { body: of }));
    case 'resolve':
      return bodyOf(api.POST('/api/monitoring/alerts/bulk/resolve', { body: of }));
    case 'snooze':
      return bodyOf(
        api.POST('/api/monitoring/alerts/bulk/snooze', { body: { ...of, durationSeconds: act.durationSeconds } }),
      );
    case 'assign':
      return bodyOf(api.POST('/api/monitoring/alerts/bulk/assign', { body: { ...of, assignee: act.assignee } }));
  }
};

/** How an alert will look if the backend agrees. */
const expected = (alert: Alert, act: Act, by: string): Alert => {
  const at = new Date(clock.now()).toISOString();
  switch (act.kind) {
    case 'acknowledge':
      return { ...alert, status: 'acknowledged', acknowledgedBy: by, acknowledgedAt: at };
    case 'unacknowledge':
      return { ...alert, status: 'open', acknowledgedBy: null, acknowledgedAt: null };
    case 'resolve':
      return { ...alert, status: 'resolved', resolvedBy: by, resolvedAt: at };
    case 'snooze':
      return { ...alert, snoozedUntil: new Date(clock.now() + act.durationSeconds * 1000).toISOString() };
    case 'assign':
      return { ...alert, assignee: act.assignee };
  }
};

const TRANSITIONS: Readonly<Record<Act['kind'], Entry['type']>> = {
  acknowledge: 'acknowledged',
  unacknowledge: 'unacknowledged',
  resolve: 'resolved',
  snooze: 'snoozed',
  assign: 'assigned',
};

/** The same of an alert with its timeline, which gets the entry. */
const expectedWhole = (alert: WholeAlert, act: Act, actor: Entry['actor']): WholeAlert => {
  const entry: Entry = {
    sequence: alert.sequence + 1,
    at: new Date(clock.now()).toISOString(),
    type: TRANSITIONS[act.kind],
    actor,
    ...(act.kind === 'assign' && act.assignee !== null && { to: act.assignee }),
  };
  return { ...alert, ...expected(alert, act, actor.name), timeline: [...alert.timeline, entry] };
};

interface Input {
  readonly alerts: readonly Alert[];
  readonly act: Act;
}

const MOST_IN_A_REQUEST = 250;

/** The refusal that says that an alert is already as it was to become. */
const ALREADY: Readonly<Partial<Record<Act['kind'], string>>> = {
  acknowledge: 'alert.acknowledged',
  unacknowledge: 'alert.not_acknowledged',
  resolve: 'alert.resolved',
};

interface Sent {
  /** Why each refused one was refused. */
  readonly refused: ReadonlyMap<string, string>;
  /** Somebody else did the same a moment before. */
  readonly overtaken: ReadonlySet<string>;
  /** No answer came: what became of these is not known. */
  readonly unanswered: ReadonlySet<string>;
}

/** Sends one act to all alerts, 250 in a request. */
const sendAll = async ({ alerts, act }: Input): Promise<Sent> => {
  const refused = new Map<string, string>();
  const overtaken = new Set<string>();
  const unanswered = new Set<string>();
  for (let from = 0; from < alerts.length; from += MOST_IN_A_REQUEST) {
    const ids = alerts.slice(from, from + MOST_IN_A_REQUEST).map(({ id }) => id);
    try {
      const { items } = await send({ ids }, act);
      for (const each of items) {
        if (!each.refused) continue;
        if (each.refused.code === ALREADY[act.kind]) overtaken.add(each.id);
        else refused.set(each.id, each.refused.detail);
      }
    } catch (error) {
      for (const id of ids) {
        if (error instanceof Unreachable) unanswered.add(id);
        else refused.set(id, sentenceOf(error));
      }
    }
  }
  return { refused, overtaken, unanswered };
};

const counted = (count: number): string => (count === 1 ? 'The alert is' : `${count} alerts are`);

/** Acts on alerts. The list shows the change at once. What the backend refuses goes back to what it was, with the reason. */
export const useAct = () => {
  const queries = useQueryClient();
  const { kind, id: myId, name } = useMe();
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
      const shown = new Map(alerts.map(({ id }) => [id, queries.getQueryData<WholeAlert>(alertKey(id))]));
      for (const [id, alert] of shown) {
        if (alert) queries.setQueryData(alertKey(id), expectedWhole(alert, act, { kind, id: myId, name }));
      }
      return { shown };
    },
    onSuccess: ({ refused, overtaken, unanswered }, { alerts, act }, { shown }) => {
      const before = new Map(alerts.map((each) => [each.id, each]));
      change(new Set([...refused.keys(), ...unanswered]), (alert) => before.get(alert.id) ?? alert);
      for (const id of [...refused.keys(), ...unanswered, ...overtaken])
        queries.setQueryData(alertKey(id), shown.get(id));
      for (const [id, reason] of [...refused].slice(0, 3)) {
        notify('error', `“${before.get(id)?.title ?? id}” stays as it was. ${reason}`);
      }
      if (refused.size > 3) notify('error', `${refused.size - 3} more alerts stay as they were.`);
      if (unanswered.size > 0) {
        const those = unanswered.size === 1 ? 'the alert' : `${unanswered.size} alerts`;
        notify(
          'error',
          `No answer came for ${those}. The list shows what became of it once Tocsin answers. Sending it again is safe.`,
        );
      }
      if (overtaken.size > 0) {
        const those = overtaken.size === 1 ? 'The alert was' : `${overtaken.size} alerts were`;
        notify('info', `Somebody was faster. ${those} ${DONE[act.kind]} already.`);
      }
      const done = alerts.length - refused.size - overtaken.size - unanswered.size;
      if (done > 0) notify('success', `${counted(done)} ${DONE[act.kind]}.`);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  });
};
