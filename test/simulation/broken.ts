import type { Alert } from '../../functions/alerts/port.ts';
import type { Channel } from '../../shared/channels/channel.ts';
import type { EscalationStore } from '../../functions/paging/escalations/store.ts';
import type { FollowDeps } from '../../functions/paging/escalations/follow.ts';
import type { Decision } from '../../functions/oncall/port.ts';
import type { TapDeps } from '../../functions/paging/links/tap-link.ts';
import type { TickDeps } from '../../functions/paging/escalations/tick.ts';
import type { DutyBreakage } from './duty.ts';
import type { IncidentBreakage } from './incidents.ts';
import type { Breakage } from './paging.ts';

type Store = TickDeps['escalations'];

const withStore =
  (change: (store: Store) => Partial<Store>) =>
  (deps: TickDeps): TickDeps => ({
    ...deps,
    escalations: { ...deps.escalations, ...change(deps.escalations) },
  });

const withChannels =
  (change: (send: Channel['send']) => Channel['send']) =>
  (deps: TickDeps): TickDeps => ({
    ...deps,
    channels: Object.fromEntries(
      Object.entries(deps.channels).map(([name, channel]) => [name, { send: change(channel.send) }]),
    ),
  });

const withRouting =
  (change: (decision: Decision) => Decision) =>
  (deps: FollowDeps): FollowDeps => ({
    ...deps,
    routing: { routingOf: async (alert, at) => change(await deps.routing.routingOf(alert, at)) },
  });

const HURRY_MS = 30_000;
const NEVER = '2999-01-01T00:00:00.000Z';
const ITS_ALERT = () => Promise.resolve({} as Alert);

/** An act that takes each request for another one, also where it is the same again. */
const anew =
  (act: TapDeps['acts']['resolve']): typeof act =>
  (request, input) =>
    act(request, { ...input, key: String(requests++) });
let requests = 0;

interface Broken extends Breakage, IncidentBreakage, DutyBreakage {
  readonly tells: RegExp;
}

/** Builds that each break a promise, with the failure that the simulation reports. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  'a receipt leaves out who was not paged': {
    tells: /the receipt has (other pages than the ledger|nobody was paged, and it does not say why)/,
    receipts: (read) => async (alertId) => {
      const ledger = await read(alertId);
      return ledger && { ...ledger, pages: ledger.pages.filter(({ status }) => status === 'sent') };
    },
  },
  'the ledger is not written': {
    tells: /no first step was reached/,
    work: withStore(({ fire }) => ({ fire: (next, _pages, at) => fire(next, [], at) })),
  },
  'a step is reached first and written to the ledger after it': {
    tells: /no first step was reached|nothing follows|is the first of its round/,
    work: withStore((store) => ({
      fire: async (next, pages, at) =>
        (await (store as EscalationStore).save(next, at)) &&
        store.fire({ ...next, version: next.version + 1 }, pages, at),
    })),
  },
  'every sender claims a page': {
    tells: /by two senders at once/,
    work: withStore(({ savePage }) => ({
      savePage: async (before, after, at) => (await savePage(before, after, at)) || true,
    })),
  },
  'the outcome of a sent page is not saved': {
    tells: /handed over twice in a fair night/,
    work: withStore(({ savePage }) => ({
      savePage: (before, after, at) => (after.status === 'sent' ? Promise.resolve(true) : savePage(before, after, at)),
    })),
  },
  'a message is sent again under another key': {
    tells: /and not in the ledger/,
    work: withChannels((send) => {
      const sent = new Map<string, number>();
      return (message, { idempotencyKey: key }) => {
        sent.set(key, (sent.get(key) ?? 0) + 1);
        const again = sent.get(key) ?? 1;
        return send(message, { idempotencyKey: again > 1 ? `${key}#${again}` : key });
      };
    }),
  },
  'the alert is not read before a page is sent': {
    tells: /handed over while nobody was to be paged/,
    work: (deps) => ({
      ...deps,
      alertNow: () => Promise.resolve({ status: 'open', snoozedUntil: null } as Alert),
    }),
  },
  'silences are not read before a page is sent': {
    tells: /handed over while the alert was silenced/,
    work: (deps) => ({ ...deps, silencedNow: () => Promise.resolve(() => undefined) }),
  },
  'a hold of the noise settings is never looked at again': {
    tells: /no first step was reached|nothing follows/,
    work: withStore(({ save }) => ({
      save: (next, at) => save(next.waits ? { ...next, nextAt: NEVER } : next, at),
    })),
  },
  'an escalation that a silence held is lost when it ends': {
    tells: /no first step was reached/,
    work: withStore(({ save }) => ({
      save: (next, at) => (next.status === 'silenced' ? Promise.resolve(true) : save(next, at)),
    })),
    withoutAudit: true,
  },
  'a step follows the present version of the policy': {
    tells: /who is no target of it|says nothing of|is no step of/,
    work: (deps, { policies }) =>
      withStore(({ escalation }) => ({
        escalation: async (alertId) => {
          const present = await escalation(alertId);
          const policy = await policies.byId('default');
          return present && policy && { ...present, steps: policy.steps };
        },
      }))(deps),
  },
  'alerts are routed as the first one of the night': {
    tells: /as no rule says/,
    follow: (deps, night) => ({
      ...deps,
      routing: { routingOf: (alert, at) => (night.routed ??= deps.routing.routingOf(alert, at)) },
    }),
  },
  'an alert that the rules suppress pages all the same': {
    tells: /as no rule says/,
    follow: withRouting((decision) => ({ ...decision, suppressed: false })),
  },
  'the policy that a rule names is ignored': {
    tells: /as no rule says/,
    follow: withRouting((decision) => ({ ...decision, policyId: 'default' })),
  },
  'a suppressed alert is routed once': {
    tells: /is suppressed, and was not routed again/,
    follow: (deps) => ({
      ...deps,
      escalations: {
        ...deps.escalations,
        save: async (next, at) => {
          const present = await deps.escalations.escalation(next.alertId);
          return present?.status === 'suppressed' || deps.escalations.save(next, at);
        },
      },
    }),
    withoutAudit: true,
  },
  'the first person on call is paged for good': {
    tells: /who is no target of it|says nothing of|does not say that nobody/,
    work: (deps) => {
      let known: Awaited<ReturnType<typeof deps.duty.onCallNow>>;
      return {
        ...deps,
        duty: { ...deps.duty, onCallNow: async (id, at) => (known ??= await deps.duty.onCallNow(id, at)) },
      };
    },
  },
  'the person on call at the last tick is paged': {
    tells: /who is no target of it|says nothing of|does not say that nobody/,
    duty: (duty, { duty: shifts }) => ({
      ...duty,
      onCallNow: async (id) => ({ users: (await shifts(id))?.told ?? [], until: undefined, next: undefined }),
    }),
  },
  'a change of a schedule ends its overrides': {
    tells: /is gone, and nobody took it back/,
    edit: (store) => ({
      ...store,
      save: async (next, beside) => {
        const all = await store.overrides(next.scheduleId, 0);
        return store.save(next, [...beside, ...all.map((each) => ({ withoutOverride: each, event: each.event }))]);
      },
    }),
  },
  'each tick notifies the person on call again': {
    tells: /was told twice that their time on call has begun/,
    shifts: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        dutyNow: async (id) => {
          const duty = await deps.store.dutyNow(id);
          return duty && { ...duty, told: [] };
        },
      },
    }),
  },
  'observers of a team are paged': {
    tells: /who is no target of it/,
    duty: (duty) => ({ ...duty, answering: () => Promise.resolve(['usr_ana', 'usr_ben', 'usr_eva']) }),
  },
  'turns are not counted': {
    tells: /whose turn it is not/,
    work: withStore(() => ({ takeTurn: () => Promise.resolve(0) })),
  },
  'a step is reached out of its hours': {
    tells: /counts at other hours, and pages somebody/,
    work: withStore(({ escalation }) => ({
      escalation: async (alertId) => {
        const present = await escalation(alertId);
        return present && { ...present, steps: present.steps.map(({ hours: _, ...step }) => step) };
      },
    })),
  },
  'a step is reached half a minute early': {
    tells: /is early/,
    work: (deps) => ({ ...deps, clock: { now: () => new Date(deps.clock.now().getTime() + HURRY_MS) } }),
  },
  'acknowledgements are not taken back': {
    tells: /was not taken back by/,
    work: (deps) => ({ ...deps, takeBack: () => Promise.resolve(true) }),
  },
  'each service has its own incident, whatever it depends on': {
    tells: /two incidents of shop-0 at once/,
    incidents: (deps) => ({ ...deps, relatedTo: () => Promise.resolve([]) }),
  },
  'an incident misses later transitions of its alerts': {
    tells: /its incident knows \d+ of \d+ transitions/,
    incidents: (deps) => ({ ...deps, incidents: { ...deps.incidents, saveLink: () => Promise.resolve(true) } }),
  },
  'what happens to a silenced alert does not reach its incident': {
    tells: /its incident says|stands 0 times in the timeline/,
    withoutMuted: true,
  },
  'a page that reaches incidents before its alert is dropped': {
    tells: /stands 0 times in the timeline/,
    incidents: (deps) => ({ ...deps, requeue: () => Promise.resolve() }),
  },
  'people who are named in an incident are not announced': {
    tells: /was named, and no page was written/,
    withoutNames: true,
  },
  'a person is paged for each message that names them': {
    tells: /was named, and is paged twice/,
    work: withStore((store) => {
      let calls = 0;
      return {
        call: (pages, at) => {
          const number = ++calls;
          return (store as EscalationStore).call(
            pages.map((page) => ({ ...page, key: `${page.key}#${number}` })),
            at,
          );
        },
      } as Partial<Store>;
    }),
  },
  'a person is paged for an incident however it stands': {
    tells: /handed over although the incident does not need/,
    work: (deps) => ({
      ...deps,
      incidentNow: async (id) =>
        (await deps.incidentNow(id)) && { isOver: false, participants: new Set(['usr_ana', 'usr_ben', 'usr_eva']) },
    }),
  },
  'an incident that is resolved leaves its alerts open': {
    tells: /is resolved with its alerts, and/,
    incidents: (deps) => ({ ...deps, resolveAlert: () => Promise.resolve() }),
  },
  'a link acts at each tap': {
    tells: /answered \d+ times by link, and it was acknowledged/,
    tap: (deps) => ({
      ...deps,
      acts: { acknowledge: anew(deps.acts.acknowledge), resolve: anew(deps.acts.resolve) },
      links: {
        ...deps.links,
        byToken: async (token) => {
          const link = await deps.links.byToken(token);
          return link && { ...link, usedAt: undefined, outcome: undefined };
        },
      },
    }),
  },
  'an answer by SMS changes nothing': {
    tells: /rings on, although somebody answered by sms/,
    reply: (deps) => ({ ...deps, acts: { acknowledge: ITS_ALERT, resolve: ITS_ALERT } }),
  },
  'nothing ticks': { tells: /nothing follows|no first step|sent only at|was not taken back by/, withoutTick: true },
  'no transition names paging as its follower': {
    tells: /late|no first step was reached|nothing follows/,
    concern: (deps) => ({
      ...deps,
      escalations: { escalated: () => Promise.resolve(new Set()) },
      anyPolicy: () => Promise.resolve(false),
    }),
  },
  'nothing audits': { tells: /no first step was reached|and its escalation|0 escalations/, withoutAudit: true },
};
