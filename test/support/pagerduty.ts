import { pagingDeskOn } from '../../functions/paging/port.ts';
import { keyHolders, peopleIn } from '../../functions/auth/port.ts';
import { USERS, userKey } from '../../functions/auth/table.ts';
import { desk } from '../../functions/alerts/verbs/desk.ts';
import { eventLimit } from '../../functions/integrations/resources/limit.ts';
import { surface } from '../../functions/integrations/http/pagerduty.ts';
import { organisations } from '../../functions/integrations/pagerduty-rest/organisation.ts';
import { requesters } from '../../functions/integrations/pagerduty-rest/requester.ts';
import { directory } from '../../functions/oncall/directory.ts';
import { PART } from '../../functions/oncall/table.ts';
import { decide } from '../../functions/oncall/routing/decide.ts';
import type { Escalation } from '../../functions/paging/escalations/escalation.ts';
import { PAGING_TABLE_SHAPE } from '../../functions/paging/table.ts';
import type { Method } from '../../shared/http/route.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { post } from '../../shared/channels/post.ts';
import { rangesIn } from '../../shared/http/address.ts';
import { bound } from '../../shared/kernel/bound.ts';
import * as webhookStore from '../../functions/integrations/webhooks/store.ts';
import type { TestDynamo } from './dynamo.ts';
import { ingestOn } from './ingest.ts';
import { invoke } from './invoke.ts';
import { oncallIn } from './oncall.ts';
import { contactStore, escalationStore, policyStore, ruleStore } from './stores.ts';

const ALL = ['monitoring.*', 'oncall.*'];

/** What PagerDuty's REST API has around it, on tables of its own, and a client that sends paths as they are on the wire. */
export const pagerDutyOn = async (dynamo: TestDynamo) => {
  const [ingest, oncall, pagingTable] = await Promise.all([
    ingestOn(dynamo),
    oncallIn(dynamo),
    dynamo.table(PAGING_TABLE_SHAPE, 'paging'),
  ]);
  const { clock, store } = ingest;
  const [auth, oncallTable] = [table(dynamo.client, ingest.authTable), table(dynamo.client, oncall.tableName)];
  const holders = keyHolders(dynamo.client, ingest.authTable, clock);
  const tokens = new Map<string, Caller>();
  const escalations = escalationStore(dynamo.client, pagingTable);
  const contacts = contactStore(dynamo.client, pagingTable);
  const policies = policyStore(dynamo.client, oncall.tableName);
  const around = directory({ catalogue: oncall.catalogue, policies, schedules: oncall.schedules });
  const pages = pagingDeskOn({ clock, escalations, contacts, rules: ruleStore(dynamo.client, pagingTable) });
  const own = desk({ clock, store });
  const hooks = new Map<string, () => Promise<unknown>>();
  const container = () => {
    const { limit, intake } = ingest.container();
    return {
      clock,
      requesters: requesters({
        bearerOf: async (authorization: string) => {
          const presented = authorization.slice('Bearer '.length);
          const caller = tokens.get(presented) ?? (await holders(presented));
          return (
            caller &&
            ({
              ...caller,
              kind: caller.kind === 'user' ? 'user' : 'machine',
              tier: 'machine',
              meteredIn: undefined,
            } as const)
          );
        },
        limit: eventLimit({ clock, ...ingest.integrations }),
      }),
      organisation: organisations({ clock, people: peopleIn(dynamo.client, ingest.authTable), directory: around }),
      directory: around,
      routing: () => ({
        routingOf: async (alert: Parameters<typeof decide>[1], at: Date) =>
          (await decide({ routing: oncall.routing, catalogue: oncall.catalogue }, alert, at)).decision,
      }),
      escalation: escalations.escalation,
      desk: {
        ...own,
        edit: async (...args: Parameters<typeof own.edit>) => {
          await hooks.get(args[1].id)?.();
          return own.edit(...args);
        },
      },
      intake,
      limit,
      pages,
      contactsOf: pages.contactsOf,
      webhooks,
      secret: async () => ({ key: 'k'.repeat(64), slackBotToken: '', slackSigningSecret: '' }),
      allowed: rangesIn('127.0.0.0/8'),
    };
  };
  const webhooks = bound(webhookStore, table(dynamo.client, ingest.integrationsTable));
  let deps = container();
  const handler = surface(() => deps);

  const client = (token: string, usual: Readonly<Record<string, string>> = {}) => {
    const call = (method: Method, wire: string, body?: unknown, headers: Readonly<Record<string, string>> = usual) => {
      const [path = '', query = ''] = wire.split('?');
      const pairs = new URLSearchParams(query);
      return invoke(handler, `${method} /api.pagerduty.com/{rest+}`, {
        path: `/api.pagerduty.com${path}`,
        wireRest: path.slice(1),
        multiQuery: Object.fromEntries([...new Set(pairs.keys())].map((name) => [name, pairs.getAll(name)])),
        body,
        headers: { authorization: `Token token=${token}`, ...headers },
      });
    };
    return {
      get: (wire: string) => call('GET', wire),
      post: (wire: string, body: unknown, headers = usual) => call('POST', wire, body, headers),
      put: (wire: string, body: unknown, headers = usual) => call('PUT', wire, body, headers),
      call,
    };
  };

  return {
    ...ingest,
    ...oncall,
    webhooks,
    /** What the functions have that send to webhooks. */
    senders: () => ({ ...deps, post, publicUrl: 'https://tocsin.example/' }),
    escalations,
    contacts,
    client,
    /** Has something happen before an alert is edited next, until the answer is called. */
    before: (id: string, run: () => Promise<unknown>) => {
      hooks.set(id, run);
      return () => hooks.delete(id);
    },
    /** A fresh process. */
    restart: () => {
      deps = container();
    },
    /** A client with a machine key of these permissions. */
    withKey: async (over: { readonly permissions?: readonly string[]; readonly name?: string } = {}, from?: string) =>
      client(await ingest.key({ permissions: ALL, ...over }), from === undefined ? {} : { from }),
    /** A client with the token of a user. */
    withToken: (caller: Caller) => {
      tokens.set(`token.of.${caller.id}`, caller);
      return client(`token.of.${caller.id}`);
    },
    person: async (username: string, displayName = username) => {
      const id = `usr_${username.replaceAll(/[^a-z0-9]/g, '_')}`;
      await auth.put({
        ...userKey(id),
        id,
        username,
        displayName,
        status: 'active',
        listing: USERS,
        passwordHash: 'no',
      });
      deps = container();
      return { id, username, displayName };
    },
    service: async (name: string, over: object = {}) => {
      const id = `svc_${name.padEnd(26, '0')}`;
      await oncallTable.put({
        part: PART.service,
        item: id,
        id,
        name,
        description: '',
        teamId: null,
        policyId: null,
        dependsOn: [],
        runbookUrl: null,
        labels: {},
        createdAt: clock.now().toISOString(),
        changedAt: clock.now().toISOString(),
        ...over,
      });
      await oncallTable.put({ part: PART.serviceName, item: name, id });
      deps = container();
      return { id, name };
    },
    team: async (name: string, members: readonly object[] = []) => {
      const id = `team_${name.padEnd(26, '0')}`;
      await oncallTable.put({
        part: PART.team,
        item: id,
        id,
        name,
        description: '',
        parentId: null,
        members,
        labels: {},
      });
      deps = container();
      return { id, name };
    },
    policy: async (id: string, steps: readonly object[], name = id) => {
      await oncallTable.put({
        part: PART.policy,
        item: id,
        id,
        name,
        version: 1,
        deleted: false,
        repeat: 2,
        acknowledgementTimeoutMinutes: null,
        steps,
      });
      deps = container();
      return { id, name };
    },
    schedule: async (name: string, over: object = {}) => {
      const id = `sch_${name.padEnd(26, '0')}`;
      await oncallTable.put({
        part: PART.schedule,
        item: id,
        id,
        name,
        description: '',
        timeZone: 'Europe/Berlin',
        layers: [],
        ...over,
      });
      deps = container();
      return { id, name };
    },
    escalate: (escalation: Partial<Escalation> & { readonly alertId: string }) =>
      escalations.save(
        {
          title: 't',
          severity: 'critical',
          service: null,
          urgency: 'high',
          said: {},
          policyId: 'default',
          policyVersion: 1,
          steps: [],
          repeat: 0,
          acknowledgementTimeoutMinutes: null,
          status: 'escalating',
          round: 0,
          loop: 0,
          step: 1,
          nextAt: clock.now().toISOString(),
          sequence: 1,
          rangBy: 1,
          version: 1,
          ...escalation,
        },
        clock.now(),
      ),
  };
};

export type PagerDutyWorld = Awaited<ReturnType<typeof pagerDutyOn>>;
