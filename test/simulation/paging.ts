import { createHmac } from 'node:crypto';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import type { AlertMessage, Follower } from '../../functions/alerts/events.ts';
import { DEFAULT_SETTINGS } from '../../functions/health/config/settings.ts';
import type { StoredContact } from '../../shared/contacts/contact.ts';
import { removeContact } from '../../shared/contacts/remove-contact.ts';
import type { SlackApi } from '../../shared/channels/slack-api.ts';
import { pressButton, type PressDeps } from '../../functions/paging/chats/press-button.ts';
import type { UpdateDeps } from '../../functions/paging/chats/update-messages.ts';
import { audit, type AuditDeps } from '../../functions/paging/escalations/audit.ts';
import { escalateAlert } from '../../functions/paging/escalations/escalate-alert.ts';
import type { Escalation } from '../../functions/paging/escalations/escalation.ts';
import { pagingConcern, type ConcernDeps } from '../../functions/paging/escalations/concern.ts';
import type { FollowDeps } from '../../functions/paging/escalations/follow.ts';
import type { StoredPage } from '../../functions/paging/pages/page.ts';
import { tick, type TickDeps } from '../../functions/paging/escalations/tick.ts';
import { teller } from '../../functions/paging/pages/page-reports.ts';
import { wakeQueue } from '../../functions/paging/escalations/wake-queue.ts';
import type { SavePolicy } from '../../functions/oncall/policies/policy.ts';
import { savePolicy } from '../../functions/oncall/policies/save-policy.ts';
import type { PolicyStore } from '../../functions/oncall/policies/store.ts';
import { makeLinks } from '../../functions/paging/links/make.ts';
import { tapLink, type TapDeps } from '../../functions/paging/links/tap-link.ts';
import { replier } from '../../functions/paging/reactors/reply.ts';
import { takeReplyCode } from '../../functions/paging/replies/make.ts';
import type { ReceiveDeps } from '../../functions/paging/replies/receive.ts';
import { askResponder, type AskDeps } from '../../functions/paging/pages/ask-responder.ts';
import { chatter } from '../../functions/paging/reactors/chats.ts';
import { follower } from '../../functions/paging/reactors/follow.ts';
import { waker } from '../../functions/paging/reactors/wake.ts';
import { worker } from '../../functions/paging/reactors/work.ts';
import { ledgerReaderOver, type LedgerReader } from '../../functions/paging/port.ts';
import { PAGING_TABLE_SHAPE, TURN_PREFIX } from '../../functions/paging/table.ts';
import { fromImage, table } from '../../shared/aws/dynamo.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { decisionOf } from '../support/oncall.ts';
import type { SimulatedAlerts } from './alerts.ts';
import type { SimulatedDuty } from './duty.ts';
import { SLACK_SECRET } from './providers.ts';
import { clientOf, memoryDynamo } from './world/dynamo.ts';
import { queueTo } from './world/queue.ts';
import { dynamoIn, REFUSALS, sendsTo, withRetry } from './world/services.ts';
import { streamTo } from './world/stream.ts';
import type { Surroundings, World } from './world/world.ts';
import type { Turn } from './whom.ts';
import {
  contactStore,
  digestStore,
  noiseStore,
  escalationStore,
  linkStore,
  policyStore,
  replyStore,
  ruleStore,
} from '../support/stores.ts';

const TABLE = 'paging';
const RETENTION_DAYS = 30;
const ORIGIN = { ip: '127.0.0.1', userAgent: 'simulation', requestId: 'r' };
/** As `infra/contexts/paging.ts` has them. */
const FOLLOW = { timeoutSeconds: 15, queue: { visibilitySeconds: 20, attempts: 45 } };
const ANSWERS = { visibilitySeconds: 180, attempts: 10 };
const NEWS = { visibilitySeconds: 180, attempts: 10 };
const WORK = { timeoutSeconds: 40, queue: { visibilitySeconds: 45, attempts: 10 } };
const TICK_TIMEOUT_SECONDS = 55;

/** A store of digests that is empty, for scenarios that send none. */
const NO_DIGESTS = {
  enter: () => Promise.resolve(undefined),
  waiting: () => Promise.resolve([]),
  forget: () => Promise.resolve(),
};
const yes = () => Promise.resolve(true);
/** Everybody whom this night names exists, and nothing that a policy names is removed. */
const ALL_THERE = {
  isThere: { user: yes, schedule: yes, team: yes, contact: yes },
  policiesNaming: () => Promise.resolve([]),
};
/** No service of this night names a policy. */
const ROUTING = { routingOf: () => Promise.resolve(decisionOf()) };

export type PagingRequest =
  | { readonly do: 'escalate'; readonly caller: Caller; readonly id: string }
  | { readonly do: 'tap'; readonly token: string }
  | { readonly do: 'press'; readonly token: string; readonly member: string }
  | {
      readonly do: 'ask';
      readonly caller: Caller;
      readonly id: string;
      readonly userId: string;
      readonly reassign: boolean;
    }
  | { readonly do: 'savePolicy'; readonly caller: Caller; readonly id?: string; readonly rules: SavePolicy }
  | { readonly do: 'removeContact'; readonly caller: Caller; readonly userId: string; readonly contactId: string };

/** A page or a contact at the moment when it is written. */
export interface PagingWrite {
  readonly item: string;
  readonly before: Partial<Escalation & StoredPage & StoredContact> | undefined;
  readonly after: Partial<Escalation & StoredPage & StoredContact> | undefined;
}

/** What a broken build does otherwise than the one that is deployed. */
export interface Breakage {
  /** How a receipt reads the ledger. */
  readonly receipts?: (read: LedgerReader) => LedgerReader;
  /** `night` is shared by all containers of a run. */
  readonly follow?: (
    deps: FollowDeps,
    night: { routed?: ReturnType<FollowDeps['routing']['routingOf']> },
  ) => FollowDeps;
  readonly concern?: (deps: ConcernDeps) => ConcernDeps;
  readonly work?: (deps: TickDeps, beside: { readonly policies: PolicyStore }) => TickDeps;
  readonly audit?: (deps: AuditDeps) => AuditDeps;
  readonly reply?: (deps: ReceiveDeps) => ReceiveDeps;
  readonly tap?: (deps: TapDeps) => TapDeps;
  readonly press?: (deps: PressDeps) => PressDeps;
  readonly ask?: (deps: AskDeps) => AskDeps;
  readonly chats?: (deps: UpdateDeps) => UpdateDeps;
  readonly withoutTick?: true;
  readonly withoutAudit?: true;
}

/** Paging in a simulated world, over the alerts of it: verbs, stores, reactors and the minute tick as they are deployed. */
export const simulatedPaging = (
  world: World,
  {
    alerts,
    channelsIn,
    slackIn,
    notifyingIn = () => () => Promise.resolve(DEFAULT_SETTINGS.notifications),
    withDigests = false,
    duty,
    incidentIn = () => () => Promise.resolve(undefined),
    routingIn = () => ROUTING,
    written,
    turnTaken,
    told,
    withAnswers = false,
    breakage = {},
  }: {
    readonly alerts: SimulatedAlerts;
    readonly channelsIn: (container: Surroundings) => TickDeps['channels'];
    /** Messages in Slack change with their alerts, and have buttons. */
    readonly slackIn?: (container: Surroundings) => SlackApi;
    readonly notifyingIn?: (container: Surroundings) => TickDeps['notifying'];
    /** Pages that reach a person at once become a digest. */
    readonly withDigests?: boolean;
    readonly duty: Pick<SimulatedDuty, 'dutyIn' | 'peopleIn'>;
    readonly written: (write: PagingWrite) => void;
    /** Incidents as senders read them; none where this is absent. */
    readonly incidentIn?: (container: Surroundings) => TickDeps['incidentNow'];
    /** Which policy an alert follows; the default one where this is absent. */
    readonly routingIn?: (container: Surroundings) => FollowDeps['routing'];
    /** Receives each turn of a step that was taken. */
    readonly turnTaken: (turn: Omit<Turn, 'at'>) => void;
    /** Receives the outcomes of pages some seconds later. If absent, none are reported. */
    readonly told?: ((message: object, delaySeconds: number) => void) | undefined;
    /** Pages go out with links and codes. */
    readonly withAnswers?: boolean;
    readonly breakage?: Breakage;
  },
) => {
  const night = {};
  const streams: ReturnType<typeof streamTo>[] = [];
  const dynamo = memoryDynamo({
    onWrite: (record) => {
      for (const stream of streams) stream(record);
      const [part = '', item = ''] = record.key.split('\u0000');
      if (part.startsWith(TURN_PREFIX))
        turnTaken({
          policyId: part.slice(TURN_PREFIX.length),
          step: Number(item),
          number: Number(record.after?.['taken']?.N) - 1,
          by: record.after?.['by']?.S ?? '',
        });
      if (item !== 'ESCALATION' && !item.startsWith('PAGE#') && !item.startsWith('con_')) return;
      written({
        item,
        before: record.before && fromImage(record.before),
        after: record.after && fromImage(record.after),
      });
    },
    propagate: world.inOrder(),
  });
  dynamo.createTable(TABLE, PAGING_TABLE_SHAPE);
  const poisoned: string[] = [];

  const contactsIn = ({ call }: Surroundings) => contactStore(dynamoIn(dynamo, call), TABLE);
  const policiesIn = ({ call }: Surroundings) => policyStore(dynamoIn(dynamo, call), TABLE);
  const noiseIn = ({ call }: Surroundings) => noiseStore(dynamoIn(dynamo, call), TABLE);
  const escalationsIn = ({ call }: Surroundings) => escalationStore(dynamoIn(dynamo, call), TABLE, RETENTION_DAYS);
  const wakeIn = ({ call }: Surroundings) =>
    wakeQueue({
      queueUrl: 'wake',
      sqs: sendsTo<SQSClient, SendMessageCommandInput>(call, ({ MessageBody = '', DelaySeconds = 0 }) => {
        wakes.send({ body: MessageBody, delaySeconds: DelaySeconds });
        return {};
      }),
    });

  const follow = world.deploy((container) => {
    const [policies, escalations] = [policiesIn(container), escalationsIn(container)];
    const noise = noiseIn(container);
    const deps = { clock: container.clock, policies, escalations, routing: routingIn(container), noise };
    const alertNow = () => Promise.reject(new Error('Every alert of this world fits into a message.'));
    return follower(() => ({ ...(breakage.follow?.(deps, night) ?? deps), alertNow }));
  }, FOLLOW.timeoutSeconds);
  const feed = queueTo(world, follow, FOLLOW.queue);

  const linksIn = ({ clock, call }: Surroundings) => {
    const replies = replyStore(dynamoIn(dynamo, call), TABLE);
    return makeLinks({
      links: linkStore(dynamoIn(dynamo, call), TABLE),
      secret: () => Promise.resolve(SLACK_SECRET),
      publicUrl: 'https://tocsin.test/',
      takeCode: (key, phone, of) => takeReplyCode({ clock, replies, key }, phone, of),
    });
  };
  const reply = world.deploy((container) => {
    const deps = {
      ...alerts.port(container),
      clock: container.clock,
      replies: replyStore(dynamoIn(dynamo, container.call), TABLE),
      people: duty.peopleIn(container),
      sms: {
        send: () => withRetry(container.call)(() => ({ provider: 'stand-in', providerId: 'answer' }), REFUSALS),
      },
    };
    const built = { ...(breakage.reply?.(deps) ?? deps), escalations: escalationsIn(container) };
    return replier(() => built);
  });
  const texts = queueTo(world, reply, ANSWERS);

  const chats =
    slackIn &&
    world.deploy((container) => {
      const deps: UpdateDeps = {
        escalations: escalationsIn(container),
        alertNow: alerts.port(container).alertNow,
        links: linkStore(dynamoIn(dynamo, container.call), TABLE),
        secret: () => Promise.resolve(SLACK_SECRET),
        slack: slackIn(container),
      };
      const built = breakage.chats?.(deps) ?? deps;
      return chatter(() => built);
    });
  const news = chats && queueTo(world, chats, NEWS);

  const workDepsIn = (container: Surroundings): TickDeps => {
    const deps = {
      clock: container.clock,
      contacts: contactsIn(container),
      escalations: escalationsIn(container),
      channels: channelsIn(container),
      ...alerts.port(container),
      incidentNow: incidentIn(container),
      notifying: notifyingIn(container),
      chance: world.chance.next,
      duty: duty.dutyIn(container),
      people: duty.peopleIn(container),
      digests: withDigests ? digestStore(dynamoIn(dynamo, container.call), TABLE) : NO_DIGESTS,
      noise: noiseIn(container),
      rules: ruleStore(dynamoIn(dynamo, container.call), TABLE),
      linksOf: withAnswers ? linksIn(container) : () => Promise.resolve(undefined),
      wake: wakeIn(container),
      remainingMs: () => TICK_TIMEOUT_SECONDS * 1000,
    };
    return breakage.work?.(deps, { policies: policiesIn(container) }) ?? deps;
  };
  const work = world.deploy((container) => {
    const deps = workDepsIn(container);
    return worker(
      () => deps,
      () => Promise.resolve(),
      () => Promise.resolve(),
    );
  }, WORK.timeoutSeconds);
  const wakes = queueTo(world, work, WORK.queue);
  const timer = world.deploy((container) => {
    const deps = workDepsIn(container);
    return () => tick(deps);
  }, TICK_TIMEOUT_SECONDS);

  let findings = 0;
  const auditor = world.deploy((container) => {
    const deps: AuditDeps = {
      clock: container.clock,
      policies: policiesIn(container),
      routing: routingIn(container),
      escalations: escalationsIn(container),
      ...alerts.port(container),
      wake: wakeIn(container),
      remainingMs: () => TICK_TIMEOUT_SECONDS * 1000,
    };
    const broken = breakage.audit?.(deps) ?? deps;
    return async () => {
      const { mended, overdue, failed } = await audit(broken);
      findings += mended + overdue + failed;
    };
  }, TICK_TIMEOUT_SECONDS);

  const wake = world.deploy((container) => {
    const poisonTo = sendsTo<SQSClient, SendMessageCommandInput>(container.call, ({ MessageBody = '' }) => {
      poisoned.push(MessageBody);
      return {};
    });
    const tell = teller({
      queueUrl: 'pages',
      sqs: sendsTo<SQSClient, SendMessageCommandInput>(container.call, ({ MessageBody = '', DelaySeconds = 0 }) => {
        told?.(JSON.parse(MessageBody) as object, DelaySeconds);
        return {};
      }),
    });
    const deps = { clock: container.clock, wake: wakeIn(container), tell, sqs: poisonTo, poisonQueueUrl: 'poison' };
    return waker(() => deps);
  });
  const tellsOfPages = told ? /^PAGE#/ : /^$/;
  streams.push(
    streamTo(world, wake, ({ after }) => after?.['due']?.S === 'DUE' || tellsOfPages.test(after?.['item']?.S ?? '')),
  );

  const api = world.deploy((container) => {
    const { clock } = container;
    const deps = { clock, policies: policiesIn(container), contacts: contactsIn(container), ...ALL_THERE };
    const escalations = escalationsIn(container);
    const tapping = (): TapDeps => ({
      clock,
      links: linkStore(dynamoIn(dynamo, container.call), TABLE),
      ...alerts.port(container),
      people: duty.peopleIn(container),
      runbookOf: () => Promise.resolve(null),
      incidentIdOf: () => Promise.resolve(null),
    });
    return async (request: PagingRequest): Promise<readonly string[] | undefined> => {
      switch (request.do) {
        case 'escalate':
          await escalateAlert({ clock, escalations, ...alerts.port(container) }, request, request);
          return;
        case 'tap':
          await tapLink(breakage.tap?.(tapping()) ?? tapping(), { key: request.token });
          return;
        case 'press': {
          const all = { ...tapping(), contacts: deps.contacts, secret: () => Promise.resolve(SLACK_SECRET) };
          await pressButton(breakage.press?.(all) ?? all, pressedIn(request, clock.now()));
          return;
        }
        case 'ask': {
          const [people, rules] = [duty.peopleIn(container), ruleStore(dynamoIn(dynamo, container.call), TABLE)];
          const all = { clock, escalations, people, rules, contacts: deps.contacts, ...alerts.port(container) };
          const { items } = await askResponder(breakage.ask?.(all) ?? all, request, request);
          return items.map(({ contactId }) => contactId ?? '');
        }
        case 'savePolicy':
          await savePolicy(
            deps,
            { caller: request.caller, origin: ORIGIN },
            { id: request.id ?? 'default', ...request.rules },
          );
          return;
        case 'removeContact':
          await removeContact(
            { ...deps, guardOwner: () => Promise.resolve() },
            { caller: request.caller, origin: ORIGIN },
            { owner: request.userId, contactId: request.contactId },
          );
          return;
      }
    };
  });

  /** A client without a world around it: for what is there before the night begins. */
  const calm = clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input)));
  const items = () => dynamo.scan(TABLE).map((item) => unmarshall(item));

  return {
    api,
    /** A text message comes in. */
    text: ({ phone, id, body }: { readonly phone: string; readonly id: string; readonly body: string }) =>
      texts.send({
        body: JSON.stringify({ originationNumber: phone, inboundMessageId: id, messageBody: body }),
      }),
    tell: (message: AlertMessage, followers: readonly Follower[]) => {
      if (followers.includes('paging')) feed.send({ body: JSON.stringify(message) });
      if (followers.includes('chats')) news?.send({ body: JSON.stringify(message) });
    },
    /** Which transitions of a batch concern paging. */
    concernIn: (container: Surroundings) => {
      const deps: ConcernDeps = {
        policies: policiesIn(container),
        escalations: escalationsIn(container),
        routing: routingIn(container),
        anyPolicy: policiesIn(container).mayHaveAny,
      };
      return (batch: readonly AlertMessage[]) => pagingConcern(breakage.concern?.(deps) ?? deps, batch);
    },
    /** Receives the message that a person was named in an incident. */
    named: (body: string) => wakes.send({ body }),
    tick: () => (breakage.withoutTick ? undefined : timer.invoke(undefined)),
    audit: () => (breakage.withoutAudit ? undefined : auditor.invoke(undefined)),
    /** The number of faults that the auditor found. */
    findings: () => findings,
    contacts: contactStore(calm, TABLE),
    policies: policyStore(calm, TABLE),
    rules: ruleStore(calm, TABLE),
    links: linkStore(calm, TABLE),
    emptyWakes: () => wakes.purge(),
    escalations: () =>
      items().filter(({ item }) => item === 'ESCALATION') as (Escalation & { due?: string; dueAt?: string })[],
    pages: () => items().filter(({ item }) => String(item).startsWith('PAGE#')) as StoredPage[],
    /** What a receipt reads of the ledger. */
    ledger: ledgerReaderOver(table(calm, TABLE)),
    receiptLedger: breakage.receipts?.(ledgerReaderOver(table(calm, TABLE))),
    poisoned: (): readonly string[] => [...poisoned, ...(news?.deadLetters ?? [])],
  };
};

/** The request of Slack for a button that a member presses. */
const pressedIn = ({ token, member }: { readonly token: string; readonly member: string }, at: Date) => {
  const payload = { type: 'block_actions', user: { id: member }, actions: [{ value: token }] };
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac('sha256', SLACK_SECRET.slackSigningSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { body, timestamp, signature: `v0=${mac}` };
};

export type SimulatedPaging = ReturnType<typeof simulatedPaging>;
