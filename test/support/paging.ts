import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import { inhibitedBy, type InhibitRule } from '../../functions/alerts/inhibition/inhibition.ts';
import type { Alert, Silenced } from '../../functions/alerts/port.ts';
import type { Person } from '../../functions/auth/port.ts';
import { DEFAULT_SETTINGS, type Notifications } from '../../functions/health/config/settings.ts';
import type { Standing } from '../../functions/incidents/port.ts';
import type { Decision } from '../../functions/oncall/port.ts';
import type { DigestStore } from '../../functions/paging/digests/store.ts';
import type { StoredContact } from '../../shared/contacts/contact.ts';
import type { ContactStore } from '../../shared/contacts/store.ts';
import type { StoredPage } from '../../functions/paging/pages/page.ts';
import type { DueKey } from '../../functions/paging/ledger.ts';
import type { NoiseStore } from '../../functions/paging/noise/store.ts';
import type { EscalationStore } from '../../functions/paging/escalations/store.ts';
import { work } from '../../functions/paging/escalations/work.ts';
import type { StoredPolicy } from '../../functions/oncall/policies/policy.ts';
import type { StoredRules } from '../../functions/paging/rules/notification-rules.ts';
import { PAGING_TABLE_SHAPE } from '../../functions/paging/table.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { standingClock } from './alerts.ts';
import type { TestDynamo } from './dynamo.ts';
import { decisionOf } from './oncall.ts';
import { digestStore, contactStore, escalationStore, noiseStore } from './stores.ts';
import { alertSubject } from '../../functions/paging/subject.ts';

export const ALERT = 'alr_1';

export const opened = {
  transition: 'opened',
  sequence: 1,
  alert: { id: ALERT, title: 'Checkout', severity: 'critical', service: 'shop', status: 'open', snoozedUntil: null },
} as unknown as AlertMessage;

/** Somebody who acts on alerts. */
export const ANA: Caller = {
  kind: 'user',
  id: 'usr_ana',
  name: 'ana',
  sessionId: '',
  roles: [],
  permissions: [],
  tier: 'standard',
  restricted: false,
};

type Target = StoredPolicy['steps'][number]['targets'][number];

export const user = (id: string): Target => ({ type: 'user', id });

/** A policy whose steps page one target each. */
export const policyOf = (id: string, ...targets: readonly Target[]): StoredPolicy =>
  ({
    id,
    version: 1,
    deleted: false,
    repeat: 0,
    acknowledgementTimeoutMinutes: null,
    steps: targets.map((target) => ({ targets: [target], escalateAfterMinutes: 5 })),
  }) as unknown as StoredPolicy;

/** What a test sets as it wants it, and what came of it. */
interface State {
  readonly tableName: string;
  readonly clock: ReturnType<typeof standingClock>;
  readonly contacts: ContactStore;
  readonly escalations: EscalationStore;
  readonly digests: DigestStore;
  readonly noise: NoiseStore;
  policies: Record<string, StoredPolicy>;
  /** The alert as it is at this moment, whichever is asked for. */
  alert: Partial<Alert>;
  /** Alerts that are otherwise, by their ids. */
  alerts: Record<string, Partial<Alert>>;
  /** What keeps the alert quiet. */
  silence: Silenced | undefined;
  /** The incident that somebody is named in. */
  incident: Standing | undefined;
  notifications: Notifications;
  /** How people want to be paged, by their ids. */
  rules: Record<string, StoredRules>;
  /** Of those who are not active. */
  statuses: Record<string, Person['status']>;
  /** Who is on call by schedules and answers for teams. */
  onCall: Record<string, readonly string[]>;
  /** Which way alerts go. */
  decision: Decision;
  /** What the provider answers. */
  provider: () => Promise<{ provider: string; providerId: string }>;
  /** What the provider was handed, by key. */
  handed: string[];
  /** The rules by which alerts keep others quiet. */
  inhibitRules: readonly InhibitRule[];
  /** Whether messages of the provider take links, so that several are sent as one. */
  takesLinks: boolean;
  /** The texts that it was handed. */
  texts: string[];
  /** Whether the provider knows messages by their keys. */
  knowsKeys: boolean;
  /** What another provider answers, by which some people have a contact of the channel `email`. */
  mailProvider: () => Promise<{ provider: string; providerId: string }>;
  /** What it was handed, by key. */
  mailed: string[];
}

/** A paging table of its own, and the world around it. */
export const pagingIn = async (dynamo: TestDynamo): Promise<PagingWorld> =>
  pagingOn({ client: dynamo.client, tableName: await dynamo.table(PAGING_TABLE_SHAPE, 'paging') });

/**
 * The stores on top of a paging table, and around them a world that does as a test says. To begin with, an alert pages ana and
 * five minutes later ben, both by text message.
 */
export const pagingOn = async ({
  client,
  tableName,
}: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}) => {
  const state: State = {
    tableName,
    clock: standingClock(),
    contacts: contactStore(client, tableName),
    escalations: escalationStore(client, tableName, 30),
    digests: digestStore(client, tableName),
    noise: noiseStore(client, tableName),
    policies: { default: policyOf('default', user('usr_ana'), user('usr_ben')) },
    alert: { status: 'open', snoozedUntil: null },
    alerts: {},
    inhibitRules: [],
    takesLinks: false,
    texts: [],
    silence: undefined,
    incident: { isOver: false, participants: new Set(['usr_ana', 'usr_ben']) },
    notifications: DEFAULT_SETTINGS.notifications,
    rules: {},
    statuses: {},
    onCall: {},
    decision: decisionOf(),
    provider: () => Promise.resolve({ provider: 'sns', providerId: `m${state.handed.length}` }),
    handed: [],
    knowsKeys: false,
    mailProvider: () => Promise.resolve({ provider: 'ses', providerId: `e${state.mailed.length}` }),
    mailed: [],
  };
  await Promise.all(['usr_ana', 'usr_ben'].map((id) => reachable(state.contacts, id)));

  const deps = (over: { readonly escalations?: EscalationStore } = {}) => ({
    clock: state.clock,
    contacts: state.contacts,
    escalations: state.escalations,
    policies: { byId: (id: string) => Promise.resolve(state.policies[id]) },
    routing: { routingOf: () => Promise.resolve(state.decision) },
    duty: {
      onCallNow: (id: string) => {
        const users = state.onCall[id];
        return Promise.resolve(users && { users, until: undefined, next: undefined });
      },
      answering: (id: string) => Promise.resolve(state.onCall[id]),
    },
    channels: {
      sms: {
        send: (message: { readonly text: string }, { idempotencyKey }: { readonly idempotencyKey: string }) => {
          state.handed.push(idempotencyKey);
          state.texts.push(message.text);
          return state.provider();
        },
        ...(state.takesLinks && { takesLinks: true as const }),
        ...(state.knowsKeys && { knowsKeys: true as const }),
      },
      email: {
        send: (_message: object, { idempotencyKey }: { readonly idempotencyKey: string }) => {
          state.mailed.push(idempotencyKey);
          return state.mailProvider();
        },
      },
    },
    people: (id: string) =>
      Promise.resolve({ id, username: id, displayName: id, status: state.statuses[id] ?? 'active' }),
    digests: state.digests,
    noise: state.noise,
    rules: { of: (id: string) => Promise.resolve(state.rules[id]) },
    linksOf: () => Promise.resolve(undefined),
    alertNow: (id: string) => Promise.resolve((state.alerts[id] ?? state.alert) as Alert),
    silencedNow: () => Promise.resolve(() => state.silence),
    inhibitedNow: async (read: () => Promise<Alert | undefined>) => {
      const alert = state.inhibitRules.length > 0 ? await read() : undefined;
      return alert && inhibitedBy(alert, Object.values(state.alerts) as Alert[], state.inhibitRules)[0];
    },
    acts: { note: () => Promise.resolve(state.alert as Alert) },
    incidentNow: () => Promise.resolve(state.incident),
    notifying: () => Promise.resolve(state.notifications),
    chance: () => 0,
    remainingMs: () => 90_000,
    wake: () => Promise.resolve(),
    takeBack: () => Promise.reject(new Error('Nothing is acknowledged here.')),
    ...over,
  });

  return Object.assign(state, {
    deps,
    /** The ledger of an alert. */
    everyPage: async (id = ALERT): Promise<readonly StoredPage[]> =>
      (await state.escalations.pages(alertSubject(id), { limit: 200 })).items,
    /** Does what is due until nothing is. */
    settle: async (): Promise<void> => {
      for (let due: DueKey[]; (due = await state.escalations.due(state.clock.now(), 100)).length > 0;) {
        for (const key of due) await work(deps(), key);
      }
    },
  });
};
export type PagingWorld = Awaited<ReturnType<typeof pagingOn>>;

const reachable = (contacts: ContactStore, userId: string): Promise<unknown> =>
  contacts.add({
    id: `con_${userId.slice('usr_'.length)}`,
    userId,
    channel: 'sms',
    to: '+4915100000001',
    verified: true,
    guesses: 0,
  } as StoredContact);

/** So many people whom a text message reaches, in the order of their ids. */
export const crowdIn = async ({ contacts }: PagingWorld, count: number): Promise<readonly string[]> => {
  const crowd = Array.from({ length: count }, (_, i) => `usr_${String(i).padStart(3, '0')}`);
  await Promise.all(crowd.map((id) => reachable(contacts, id)));
  return crowd;
};

/** That somebody is paged for what is urgent at their one contact, after a delay. */
export const pagedAfter = (minutes: number, contactId: string): StoredRules =>
  ({ high: [{ contactId, delayMinutes: minutes }], low: [], quietHours: null, version: 1 }) as unknown as StoredRules;

/** A refusal of a provider, by the name that it gives it. */
export const refusal = (name: string): Error => Object.assign(new Error(name), { name });
