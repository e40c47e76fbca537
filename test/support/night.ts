import { expect } from 'vitest';
import type { Alert } from '../../functions/alerts/alert.ts';
import type { WholeIncident } from '../../functions/incidents/lifecycle/get-incident.ts';
import { lasting, passwordOf, startTocsin, type Answer, type Client, type Tocsin } from './tocsin.ts';

/** What left for a person, as the outbox of the local run shows it. */
export interface Outgoing {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: string;
  readonly buttons?: readonly { readonly action: string; readonly value: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Who was paged for an alert, as the product tells it. */
export interface PageList {
  readonly escalation: { readonly status: string; readonly policyVersion: number };
  readonly items: readonly {
    readonly targetId: string;
    readonly userId: string | null;
    readonly channel: string | null;
    readonly status: string;
    readonly reason: string | null;
    readonly attempts: number;
    readonly providerId: string | null;
  }[];
}

/** Somebody with a verified phone, whose session lasts the night. */
export interface Person extends Client {
  readonly name: string;
  readonly id: string;
  readonly phone: string;
}

export interface Target {
  readonly type: 'user' | 'schedule' | 'team' | 'contact';
  readonly id: string;
}
export type Step = { readonly targets: readonly Target[]; readonly escalateAfterMinutes: number } & object;

export type Night = Awaited<ReturnType<typeof nightOn>>;

/** A step that pages these people, who have a minute to answer, the least that a policy may give, unless `over` gives more. */
export const step = (targets: readonly (Target | Person)[], over: object = {}): Step => ({
  targets: targets.map((target) => ('phone' in target ? { type: 'user', id: target.id } : target)),
  escalateAfterMinutes: 1,
  ...over,
});

/** What was answered, where it is what was expected. */
export const done = <T>({ status, body }: Answer<T>, expected: number): T => {
  expect(status, JSON.stringify(body)).toBe(expected);
  return body;
};

/** The whole product for a night on call, begun at this time. */
export const startNight = async (startsAt?: Date): Promise<Night> =>
  nightOn(await startTocsin(startsAt && { startsAt }));

/** A night on call in this product: people with phones, policies, alerts, and what came of them. */
export const nightOn = async (tocsin: Tocsin) => {
  const admin = await tocsin.admin();
  const names = new Map<string, string>();

  const outbox = async (): Promise<readonly Outgoing[]> =>
    (await tocsin.as().get<{ items: Outgoing[] }>('/_local/outbox')).body.items;

  /** What was sent to somebody that has these words in it, newest first. */
  const sentTo = async (to: string, words: string): Promise<readonly Outgoing[]> =>
    (await outbox()).filter((each) => each.to === to && each.text.includes(words));

  /** Adds and verifies a contact of somebody. Answers its id. */
  const contact = async (client: Client, id: string, channel: string, to: string): Promise<string> => {
    const added = done(await client.post<{ id: string }>(`/api/users/${id}/contacts`, { channel, to }), 201);
    const code = /\b\d{6}\b/.exec((await outbox()).find((each) => each.to === to)?.text ?? '')?.[0];
    done(await client.post(`/api/users/${id}/contacts/${added.id}/verify`, { code }), 200);
    names.set(to, names.get(to) ?? to);
    return added.id;
  };

  /** Makes a policy, or puts another in its place. */
  const escalateBy = async (id: string, steps: readonly Step[], over: object = {}): Promise<void> => {
    const { body } = await admin.get<{ version?: number }>(`/api/oncall/policies/${id}`);
    const whole = { version: body.version ?? 0, name: id, repeat: 0, steps, ...over };
    done(await admin.call('PUT', `/api/oncall/policies/${id}`, whole), 200);
  };

  return {
    tocsin,
    admin,
    escalateBy,
    outbox,
    sentTo,
    contact,
    now: (): Date => new Date(tocsin.runtime.clock.now()),
    pass: (seconds: number): Promise<void> => tocsin.pass(seconds),
    stop: (): Promise<void> => tocsin.stop(),

    /** A new operator with a phone, or without where there is none. */
    person: async (name: string, phone?: string): Promise<Person> => {
      let first: Client | undefined = await tocsin.user(name, ['operator']);
      const client = await lasting(() => {
        const now = first ?? tocsin.login(name, passwordOf(name));
        first = undefined;
        return Promise.resolve(now);
      });
      const { id } = (await client.get<{ id: string }>('/api/auth/me')).body;
      if (phone !== undefined) {
        names.set(phone, name);
        await contact(client, id, 'sms', phone);
      }
      return { ...client, name, id, phone: phone ?? '' };
    },

    /** A policy, and a service of the same name whose alerts go by it. Answers the id of the service. */
    policy: async (id: string, steps: readonly Step[], over: object = {}): Promise<string> => {
      await escalateBy(id, steps, over);
      return done(await admin.post<{ id: string }>('/api/services', { name: id, policyId: id }), 201).id;
    },

    /** Raises an alert that is critical, and waits until all that follows at once is done. Answers its id. */
    raise: async (title: string, over: object = {}): Promise<string> => {
      const alert = { title, severity: 'critical', ...over };
      const { id } = done(await admin.post<Alert>('/api/monitoring/alerts', alert), 201);
      await tocsin.runtime.idle();
      return id;
    },

    /** Does something to an alert, such as `acknowledge`, and waits until all that follows at once is done. */
    act: async (client: Client, id: string, verb: string, body?: object): Promise<Answer> => {
      const answer = await client.post(`/api/monitoring/alerts/${id}/${verb}`, body);
      await tocsin.runtime.idle();
      return answer;
    },

    alert: async (id: string): Promise<Alert> => (await admin.get<Alert>(`/api/monitoring/alerts/${id}`)).body,
    pages: async (id: string): Promise<PageList> =>
      (await admin.get<PageList>(`/api/monitoring/alerts/${id}/pages`)).body,

    /** The receivers of messages with these words, in order: people by their names, other contacts by their addresses. */
    told: async (words: string): Promise<string[]> =>
      (await outbox())
        .filter(({ to, text }) => names.has(to) && text.includes(words))
        .map(({ to }) => names.get(to) ?? to)
        .reverse(),

    /** The only incident of a service. */
    incident: async (service: string): Promise<WholeIncident> => {
      const { items } = done(
        await admin.get<{ items: WholeIncident[] }>(`/api/monitoring/incidents?service=${service}`),
        200,
      );
      expect(items).toHaveLength(1);
      return done(await admin.get<WholeIncident>(`/api/monitoring/incidents/${items[0]?.id}`), 200);
    },

    /** Opens the link of a message as a browser would, and taps its button. Answers the page that is shown then. */
    tap: async (message: Outgoing | undefined, action: 'Acknowledge' | 'Resolve' = 'Acknowledge'): Promise<string> => {
      const link = new RegExp(`^${action}: (\\S+)$`, 'm').exec(message?.text ?? '')?.[1] ?? '';
      expect(await (await fetch(link)).text()).toContain(`<button type="submit">${action}</button>`);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const shown = await (await fetch(link, { method: 'POST', headers })).text();
      await tocsin.runtime.idle();
      return shown;
    },
  };
};
