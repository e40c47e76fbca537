import { ok, strictEqual } from 'node:assert/strict';
import type { Alert } from '../../functions/alerts/alert.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Tocsin } from '../support/tools/local-run.ts';
import { logInFirst, tocsinClient, type TocsinClient } from '../../operate/tocsin-client.ts';

export const PHONE = '+4915100000003';
const MAILBOX = 'night@example.com';

export interface Raise {
  readonly title: string;
  readonly severity: Alert['severity'];
  readonly description?: string;
  readonly service?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Message {
  readonly to: string;
  readonly text: string;
}

/** A night in which one person is paged by SMS and e-mail for whatever is raised. */
export interface Night {
  /** Whom the pages go to. */
  readonly userId: string;
  /** The caller that raises and resolves, by a key that outlasts the night. */
  readonly operator: TocsinClient;
  /** Raises an alert, and gives its id and the links as its person got them. */
  raise(event: Raise): Promise<Paged>;
  messagesTo(to: string): Promise<readonly Message[]>;
  alert(id: string): Promise<Alert>;
  pass(seconds: number): Promise<void>;
}

export interface Paged {
  readonly id: string;
  readonly text: string;
  readonly acknowledge: string;
  readonly resolve: string;
  /** The link to acknowledge as it came by e-mail. */
  readonly byMail: string;
}

const linkIn = (text: string, name: string): string => new RegExp(`^${name}: (\\S+)$`, 'm').exec(text)?.[1] ?? '';

/** So long after a page the next one is sent alone again. */
const APART_SECONDS = 31;

/** Gives `tocsin` a person who can be reached, and a policy that pages them. */
export async function aNight({ url, admin }: Tocsin): Promise<Night> {
  const messagesTo = async (to: string): Promise<readonly Message[]> => {
    const { items } = (await (await fetch(`${url}/_local/outbox`)).json()) as { items: Message[] };
    return items.filter((each) => each.to === to);
  };
  const made = await admin.post<{ id: string; password: string }>('/api/users', {
    username: 'ana',
    roles: ['operator'],
  });
  const ana = tocsinClient(url, await logInFirst(url, 'ana', made.password, 'the long way home of ana'));
  for (const [channel, to] of [
    ['sms', PHONE],
    ['email', MAILBOX],
  ] as const) {
    const contact = await ana.post<{ id: string }>(`/api/users/${made.id}/contacts`, { channel, to });
    const code = await eventually(`a code comes by ${channel}`, { withinMs: 10_000, everyMs: 50 }, async () => {
      const found = /\b\d{6}\b/.exec((await messagesTo(to))[0]?.text ?? '')?.[0];
      ok(found);
      return found;
    });
    await ana.post(`/api/users/${made.id}/contacts/${contact.id}/verify`, { code });
  }
  // By day somebody may have made one.
  const { items: policies } = await admin.get<{ items: readonly { readonly id: string; readonly version: number }[] }>(
    '/api/oncall/policies',
  );
  await admin.put('/api/oncall/policies/default', {
    version: policies.find(({ id }) => id === 'default')?.version ?? 0,
    name: 'People who are awake',
    repeat: 0,
    steps: [{ targets: [{ type: 'user', id: made.id }], escalateAfterMinutes: 30 }],
  });

  const { key } = await admin.post<{ key: string }>('/api/api-keys', {
    name: 'night',
    permissions: ['*'],
  });
  const operator = tocsinClient(url, { authorization: `Bearer ${key}` });

  const pass = async (seconds: number): Promise<void> => {
    const answer = await fetch(`${url}/_local/clock`, {
      method: 'POST',
      body: JSON.stringify({ advanceSeconds: seconds }),
    });
    strictEqual(answer.status, 200);
  };

  return {
    userId: made.id,
    operator,
    messagesTo,
    pass,
    alert: (id) => operator.get<Alert>(`/api/monitoring/alerts/${id}`),
    raise: async (event) => {
      await pass(APART_SECONDS);
      const { id } = await operator.post<{ id: string }>('/api/monitoring/alerts', event);
      const titled = async (to: string): Promise<string> => {
        const told = (await messagesTo(to)).find(({ text }) => text.includes(event.title.slice(0, 40)));
        ok(told, `nothing came to ${to}`);
        return told.text;
      };
      return eventually('both messages come', { withinMs: 15_000, everyMs: 50 }, async () => {
        const [text, mail] = [await titled(PHONE), await titled(MAILBOX)];
        const paged = { id, text, acknowledge: linkIn(text, 'Acknowledge'), resolve: linkIn(text, 'Resolve') };
        const byMail = linkIn(mail, 'Acknowledge');
        for (const link of [paged.acknowledge, paged.resolve, byMail]) ok(link.startsWith(`${url}/l/`), text);
        return { ...paged, byMail };
      });
    },
  };
}
