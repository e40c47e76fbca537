import { ok, strictEqual } from 'node:assert/strict';
import type { Alert } from '../../functions/alerts/alert.ts';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import type { Page } from '../../shared/kernel/page.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { logInFirst, tocsinClient } from '../../operate/tocsin-client.ts';
import { accountOf } from './account.ts';
import type { Emulator } from './emulator.ts';

/**
 * What must hold of a Tocsin that was deployed a moment ago, each step building on the one before, and what its schedules must have done
 * some time later. Its administrator chooses this password.
 */
export function smoke(emulator: Emulator, chosenPassword: string) {
  const account = accountOf(emulator);
  let api = '';
  let queue = '';
  let administrator = '';
  let headers: Readonly<Record<string, string>> = {};
  let raised: Alert | undefined;
  let watched: { readonly id: string; readonly status: string } | undefined;
  const received: AlertMessage[] = [];

  const client = (): ReturnType<typeof tocsinClient> => tocsinClient(api, headers);
  const transition = (name: string, alertId: string | undefined, withinMs = 30_000): Promise<AlertMessage> =>
    eventually(`the queue holds "${name}"`, { withinMs }, async () => {
      received.push(...(await account.takeMessages(queue)));
      const message = received.find(({ transition, alert }) => transition === name && alert.id === alertId);
      if (!message) throw new Error(`it held ${JSON.stringify(received.map(({ transition }) => transition))}`);
      return message;
    });

  const atOnce: readonly Guarantee[] = [
    {
      title: 'the deployed API tells anyone its contract',
      check: async () => {
        api = await account.apiUrl();
        const contract = await tocsinClient(api).get<{ readonly openapi: string }>('/api/openapi.json');
        strictEqual(contract.openapi, '3.0.3');
      },
    },
    {
      title: 'a request without a token is refused by the gateway as problem+json',
      check: async () => {
        const response = await fetch(`${api}/api/monitoring/alerts`);
        strictEqual(response.status, 401);
        strictEqual(response.headers.get('content-type')?.split(';')[0], 'application/problem+json');
      },
    },
    {
      title: 'the first administrator logs in with the generated secret, which can only be changed',
      check: async () => {
        const { username, password } = await account.firstAdministrator();
        headers = await logInFirst(api, username, password, chosenPassword);
        administrator = username;
        const me = await client().get<{ readonly name: string }>('/api/auth/me');
        strictEqual(me.name, administrator);
      },
    },
    {
      title: 'an alert raised over HTTPS is kept open',
      check: async () => {
        queue = await account.subscribeQueue('smoke');
        raised = await client().post<Alert>('/api/monitoring/alerts', { title: 'Smoke', severity: 'critical' });
        strictEqual(raised.status, 'open');
        const { items } = await client().get<Page<Alert>>('/api/monitoring/alerts?status=open');
        ok(items.some(({ id }) => id === raised?.id));
      },
    },
    {
      title: 'a queue that is subscribed to the topic receives that it was opened',
      check: async () => {
        const { schema, alert } = await transition('opened', raised?.id);
        strictEqual(schema, 'tocsin.alert/1');
        strictEqual(alert.title, 'Smoke');
      },
    },
    {
      title: 'it is acknowledged, by the administrator',
      check: async () => {
        const alert = await client().post<Alert>(`/api/monitoring/alerts/${raised?.id}/acknowledge`, {});
        strictEqual(alert.status, 'acknowledged');
      },
    },
    {
      title: 'the queue receives the acknowledgement, next in sequence',
      check: async () => {
        const message = await transition('acknowledged', raised?.id);
        strictEqual(message.alert.acknowledgedBy, administrator);
        strictEqual(message.sequence, 2);
      },
    },
    {
      title: 'it is snoozed, and a monitor is made that is not checked yet',
      check: async () => {
        const { hostname, port } = new URL(api);
        watched = await client().post<{ id: string; status: string }>('/api/monitoring/monitors', {
          name: 'The gateway',
          check: { type: 'tcp', host: hostname === 'localhost' ? '127.0.0.1' : hostname, port: Number(port) || 443 },
        });
        strictEqual(watched.status, 'unknown');
        await client().post<Alert>(`/api/monitoring/alerts/${raised?.id}/snooze`, { durationSeconds: 1 });
      },
    },
  ];
  const withinMinutes: readonly Guarantee[] = [
    {
      title: 'the snooze ends by the schedule of EventBridge, which nothing else ends',
      check: async () => {
        const message = await transition('snooze_ended', raised?.id, 100_000);
        strictEqual(message.actor.kind, 'system');
      },
    },
    {
      title: 'the monitor is checked by a worker that the schedule invokes: nobody asked for it',
      check: () =>
        eventually('it was checked', { withinMs: 130_000, everyMs: 2_000 }, async () => {
          const { status, reason } = await client().get<{ status: string; reason: string }>(
            `/api/monitoring/monitors/${watched?.id}`,
          );
          ok(status === 'up' || status === 'down', reason);
        }),
    },
  ];
  return { atOnce, withinMinutes };
}
