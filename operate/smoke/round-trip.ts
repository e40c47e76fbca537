import { randomBytes } from 'node:crypto';
import { eventually } from '../eventually.ts';
import type { Check, Finding } from '../report.ts';
import { logIn, tocsinClient, type TocsinClient } from '../tocsin-client.ts';

export interface SmokeOptions {
  /** Address of the API, without a slash at the end. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** How long an alert may take to a webhook, and a ping to a status. */
  readonly withinMs: number;
}

interface Named {
  readonly id: string;
}
interface Heartbeat extends Named {
  readonly pingKey: string;
  readonly status: string;
  readonly lastLog: string | null;
}
interface Raised extends Named {
  readonly status: string;
}
interface Pages {
  readonly escalation: { readonly status: string };
  readonly items: readonly {
    readonly channel: string | null;
    readonly status: string;
    readonly reason: string | null;
  }[];
}

/**
 * A round trip through a Tocsin that runs: an alert comes in, is paged to a webhook, is acknowledged and resolved. The webhook is
 * the address of a heartbeat of the same Tocsin, which shows the last body that it received: nothing outside takes part, and
 * nobody on call is paged. `cleanUp` deletes what was made; the resolved alert stays until its retention is over.
 */
export const roundTrip = ({ url, username, password, withinMs }: SmokeOptions) => {
  const name = `smoke-${randomBytes(4).toString('hex')}`;
  const made: string[] = [];
  let api: TocsinClient;
  let heartbeat: Heartbeat;
  let contactId: string;
  let alertId: string | undefined;

  const make = async <T extends Named>(path: string, body: unknown): Promise<T> => {
    const it = await api.post<T>(path, body);
    made.push(`${path}/${it.id}`);
    return it;
  };
  const wait = <T>(what: string, look: () => Promise<T>): Promise<T> =>
    eventually(what, { withinMs, everyMs: 250 }, look);
  const shown = (): Promise<Heartbeat> => api.get(`/api/monitoring/monitors/${heartbeat.id}`);
  const received = (what: string, wanted: RegExp): Promise<string> =>
    wait(what, async () => {
      const [found, inner] = wanted.exec((await shown()).lastLog ?? '') ?? [];
      if (found === undefined) throw new Error('the webhook received nothing of the kind');
      return inner ?? found;
    });

  const checks: readonly Check[] = [
    {
      name: 'the API answers',
      todo: 'Compare --url with the output Url of the stack Tocsin-<stage>-api, then read the log of docs',
      run: async () => {
        const { info } = await tocsinClient(url).get<{ info: { version: string } }>('/api/openapi.json');
        return ok(`contract of version ${info.version}`);
      },
    },
    {
      name: 'it refuses a call without a token',
      todo: 'Deploy the stack Tocsin-<stage>-api again: its authorizer or its answers are not those of the template',
      run: async () => {
        const { status, headers } = await fetch(`${url}/api/monitoring/alerts`, {
          signal: AbortSignal.timeout(30_000),
        });
        const type = headers.get('content-type')?.split(';')[0];
        if (status !== 401 || type !== 'application/problem+json') throw new Error(`it answered ${status}, ${type}`);
        return ok('401, application/problem+json');
      },
    },
    {
      name: `${username} logs in`,
      todo: 'Check TOCSIN_PASSWORD. A first password must be changed before: docs/first-hour.md. Then read the log of auth',
      run: async () => {
        api = tocsinClient(url, await logIn(url, username, password));
        const { roles } = await api.get<{ roles: readonly string[] }>('/api/auth/me');
        return ok(`as ${roles.join(', ')}`);
      },
    },
    {
      name: 'a heartbeat takes a ping',
      todo: 'Read the logs of health-watch, which makes the monitor, and health-collect, which takes the ping',
      run: async () => {
        const check = { type: 'heartbeat', periodSeconds: 86_400, graceSeconds: 3_600 };
        heartbeat = await make<Heartbeat>('/api/monitoring/monitors', { name, check });
        await tocsinClient(url).text(`/beat/${heartbeat.pingKey}`);
        const { status } = await wait('the heartbeat is up', async () => {
          const seen = await shown();
          if (seen.status !== 'up') throw new Error(`it is ${seen.status}`);
          return seen;
        });
        return ok(status);
      },
    },
    {
      name: 'a webhook receives its code',
      todo: 'Read the log of oncall, which calls the webhook. It must reach --url: see -c vpcId',
      run: async () => {
        const to = `${url}/beat/${heartbeat.pingKey}/log`;
        ({ id: contactId } = await make('/api/oncall/contacts', { channel: 'webhook', to }));
        const code = await received('the code arrives', /\b(\d{6})\b/);
        await api.post(`/api/oncall/contacts/${contactId}/verify`, { code });
        return ok('verified');
      },
    },
    {
      name: 'a policy and a service of it are made',
      todo: 'Read the log of oncall',
      run: async () => {
        const targets = [{ type: 'contact', id: contactId }];
        const steps = [{ targets, escalateAfterMinutes: 60 }];
        const policy = await make('/api/oncall/policies', { name, repeat: 1, steps });
        await make('/api/services', { name, policyId: policy.id });
        return ok(name);
      },
    },
    {
      name: 'an alert is paged to the webhook',
      todo: 'Read the logs of relay-notify, paging-follow and paging-work, in this order, then docs/runbook.md#late-pages',
      run: async () => {
        const from = performance.now();
        ({ id: alertId } = await api.post<Raised>('/api/monitoring/alerts', {
          title: 'Smoke test: nobody has to do anything',
          severity: 'critical',
          service: name,
        }));
        await received('the page arrives', new RegExp(alertId));
        return ok(`${((performance.now() - from) / 1000).toFixed(1)} s from the request to the webhook`);
      },
    },
    {
      name: 'the ledger says that it was sent',
      todo: 'Read the log of paging-work, which sends pages and writes the ledger',
      run: async () => {
        const page = await wait('the page is sent', async () => {
          const { items } = await api.get<Pages>(`/api/monitoring/alerts/${alertId}/pages`);
          const [first] = items;
          if (first?.status !== 'sent') throw new Error(`it is ${first?.status}: ${first?.reason}`);
          if (items.length > 1) throw new Error(`there are ${items.length} pages, not one`);
          return first;
        });
        return ok(`${page.channel}, ${page.status}`);
      },
    },
    {
      name: 'it is acknowledged, and its escalation is held',
      todo: 'Read the log of paging-follow, which receives transitions',
      run: async () => {
        await api.post(`/api/monitoring/alerts/${alertId}/acknowledge`, {});
        const status = await wait('the escalation is held', async () => {
          const { escalation } = await api.get<Pages>(`/api/monitoring/alerts/${alertId}/pages`);
          if (escalation.status !== 'held') throw new Error(`it is ${escalation.status}`);
          return escalation.status;
        });
        return ok(status);
      },
    },
    {
      name: 'it is resolved',
      todo: 'Read the log of alerts',
      run: async () => {
        const { status } = await api.post<Raised>(`/api/monitoring/alerts/${alertId}/resolve`, {});
        return ok(status);
      },
    },
  ];

  /** Also after a failure. Answers the paths of what could not be deleted. */
  const cleanUp = async (): Promise<readonly string[]> => {
    const left: string[] = [];
    // One that is resolved already refuses, which is as well.
    if (alertId !== undefined) await api.post(`/api/monitoring/alerts/${alertId}/resolve`, {}).catch(() => undefined);
    for (const path of made.splice(0).reverse()) await api.remove(path).catch(() => left.push(path));
    return left;
  };

  return { checks, cleanUp };
};

const ok = (found: string): Finding => ({ verdict: 'ok', found });
