import type { AlertMessage } from '../../functions/alerts/events.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { simulatedAlerts } from './alerts.ts';
import type { Verdict } from './bell.ts';
import { simulatedAnswers } from './answers.ts';
import { brokenCalls } from './calls.ts';
import { chronicle } from './chronicle.ts';
import { simulatedDuty, type DutyBreakage } from './duty.ts';
import { brokenTogether } from './incident-promises.ts';
import { simulatedIncidents, type IncidentBreakage } from './incidents.ts';
import { rulesIn } from './policies.ts';
import { simulatedPaging, type Breakage, type SimulatedPaging } from './paging.ts';
import { brokenReceipts } from './receipts.ts';
import { brokenPromises, versionOf, type Night } from './promises.ts';
import { simulatedProvider, type Mood } from './provider.ts';
import { POLICIES, simulatedRouting } from './routing.ts';
import { simulatedSilences } from './silences.ts';
import { chanceOf } from './world/random.ts';
import type { Turn } from './whom.ts';
import { CALM, simulatedWorld, type Weather, type World } from './world/world.ts';

const START = new Date('2026-11-21T03:00:00Z');
const MINUTE = 60_000;
const CLEAR_AT = START.getTime() + 8 * MINUTE;
const END = START.getTime() + 22 * MINUTE;
/**
 * How late something may be in a fair night: where wake-ups are lost, until the next tick; transitions, until two minutes after
 * the last of them.
 */
const LATE_MS = { none: 5_000, wakes: 75_000, feed: 270_000 };
const NAMES = ['ana', 'ben', 'eva'] as const;
const SEVERITIES = ['warning', 'critical'] as const;

const person = (name: string): Caller => ({
  kind: 'user',
  id: `usr_${name}`,
  name,
  sessionId: '',
  roles: [],
  permissions: ['*'],
  tier: 'standard',
  restricted: false,
});
const PEOPLE = NAMES.map(person);
const isCalm = ({ dies, refuses, losesAnswer, dawdles, repeats }: Weather): boolean =>
  dies + refuses + losesAnswer + dawdles + repeats === 0;

/**
 * Contacts, when they are used, and the first policy, before anything happens. Ben has none in some nights, and two in others.
 */
const settledIn = async (
  world: World,
  paging: SimulatedPaging,
  policyIds: readonly string[],
  rules: ReturnType<typeof rulesIn>,
) => {
  const createdAt = START.toISOString();
  const contacts: { readonly userId: string; readonly contactId: string }[] = [];
  for (const [i, name] of NAMES.entries()) {
    const count = name === 'ben' ? world.chance.between(0, 2) : 1;
    for (let n = 0; n < count; n++) {
      const [id, userId] = [`con_${name}${n}`, `usr_${name}`];
      const to = `+4915100000${i}${n}`;
      const event = {} as never;
      await paging.contacts.add({ id, userId, channel: 'sms', to, verified: true, createdAt, guesses: 0, event });
      contacts.push({ userId, contactId: id });
    }
  }
  for (const { id: userId } of PEOPLE) {
    const mine = contacts.filter((each) => each.userId === userId);
    if (mine.length === 0 || world.chance.happens(0.6)) continue;
    const high = mine.map(({ contactId }) => ({ contactId, delayMinutes: world.chance.between(0, 3) }));
    await paging.rules.save({ userId, high, low: high, quietHours: null, version: 1, event: {} as never });
  }
  const changed = { changedAt: createdAt, changedBy: {} as never, event: {} as never };
  for (const id of policyIds) await paging.policies.save({ ...rules, id, version: 1, deleted: false, ...changed });
  return contacts;
};

/**
 * One night on call: alerts are raised, people are paged step by step, acknowledge, snooze, resolve and hurry at random times,
 * by a login, by links and by SMS, silence what they know, the policy is edited, contacts are removed and people disabled,
 * while functions die, records repeat, queues are emptied, and DynamoDB, SQS, SNS and the provider of messages refuse; then it
 * clears up, and the promises are held against what happened.
 */
export const night = async (
  seed: number,
  weather: Weather,
  breakage: Breakage & IncidentBreakage & DutyBreakage = {},
): Promise<Verdict & { readonly handed: number }> => {
  const world = simulatedWorld(seed, weather, START);
  const { chance } = world;
  const isFoul = !isCalm(weather);
  const downFrom = START.getTime() + chance.between(0, 5 * MINUTE);
  const mood: Mood = isFoul
    ? {
        refuses: chance.happens(0.3) ? 0.2 : 0,
        rejects: chance.happens(0.2) ? 0.1 : 0,
        doubles: weather.repeats,
        ...(chance.happens(0.2) && { down: { from: downFrom, to: downFrom + chance.between(10_000, 3 * MINUTE) } }),
      }
    : { refuses: 0, rejects: 0, doubles: 0 };
  const mishap = chance.happens(isFoul ? 0.2 : 0.4) ? chance.pick(['feed', 'wakes'] as const) : 'none';
  // For a minute the topic does not reach paging, as if its subscription were missing.
  const unheardFrom = mishap === 'feed' ? START.getTime() + chance.between(0, 7 * MINUTE) : Infinity;
  const seen = chronicle(world);
  const silences = simulatedSilences(world);
  const withAnswers = chance.happens(0.3);
  const answers = simulatedAnswers(world, () => paging);
  const provider = simulatedProvider(world, mood, answers.seen);
  const duty = await simulatedDuty(world, PEOPLE, breakage);
  const routing = seed % 3 === 0 ? simulatedRouting(world, seed, person('ana')) : undefined;
  const turns: Turn[] = [];
  const told: { readonly at: number; readonly message: AlertMessage }[] = [];
  const alerts = simulatedAlerts(world, {
    published: (message, followers) => {
      told.push({ at: world.now(), message });
      if (followers.includes('incidents')) incidents?.tell(message);
      if (world.now() < unheardFrom || world.now() > unheardFrom + MINUTE) paging.tell(message, followers);
    },
    concernsIn: (container) => ({
      pagingConcern: (batch) => paging.concernIn(container)(batch),
      incidentsConcern: (batch) => incidents?.concernIn(container)(batch) ?? Promise.resolve(() => false),
      webhooksConcern: () => Promise.resolve(() => false),
    }),
    followMutedIn: (container) => (batch) => incidents?.followMutedIn(container)(batch) ?? (() => Promise.resolve()),
    written: seen.alertWritten,
    silenceWritten: silences.silenceWritten,
  });
  // In some nights only, since each of them takes its time.
  const minAlerts = chance.between(1, 3);
  const incidents = chance.happens(0.25)
    ? simulatedIncidents(world, alerts, (body) => paging.named(body), breakage)
    : undefined;
  const paging = simulatedPaging(world, {
    alerts,
    channelsIn: (container) => ({ sms: provider.channelIn(container) }),
    duty,
    written: seen.pagingWritten,
    ...(incidents && { incidentIn: incidents.standingIn }),
    ...(routing && { routingIn: routing.routingIn }),
    turnTaken: (turn) => void turns.push({ at: world.now(), ...turn }),
    told: incidents?.tell,
    withAnswers,
    breakage,
  });
  await incidents?.settle(minAlerts);
  // If shifts change in this night, more steps name the schedule.
  const changes = chance.happens(0.4) ? chance.between(1, 4) : 0;
  const [startAt, users, others] = [START.getTime(), PEOPLE.map(({ id }) => id), duty.targets];
  const share = changes > 0 ? 0.6 : 0.3;
  const rulesAfter = (version: number) => rulesIn(world, { version, startAt, users, others, share });
  const rules = rulesAfter(0);
  const policyIds = routing ? POLICIES : POLICIES.slice(0, 1);
  const contacts = await settledIn(world, paging, policyIds, rules);
  const policies = new Map<string, Omit<typeof rules, 'version' | 'name'>>(
    policyIds.map((policyId) => [versionOf({ policyId, policyVersion: 1 }), rules]),
  );
  const hurried: (Night['hurried'][number] & { to: number })[] = [];
  const known: string[] = [];
  const policyVersions = new Map<string, number>();

  const raise = async (dedupKey: string): Promise<void> => {
    const severity = chance.pick(SEVERITIES);
    const ending = await alerts.api.invoke({
      do: 'raise',
      caller: person('shop'),
      dedupKey,
      severity,
      service: dedupKey,
    });
    if (ending.kind === 'answered' && ending.answer.alert) known.push(ending.answer.alert.id);
  };
  const hurry = async (alertId: string): Promise<void> => {
    const asked = { alertId, from: world.now(), to: Infinity };
    hurried.push(asked);
    await paging.api.invoke({ do: 'escalate', caller: person('cleo'), id: alertId });
    asked.to = world.now() + MINUTE;
  };
  const edit = async (): Promise<void> => {
    const policyId = routing?.chance.pick(POLICIES) ?? 'default';
    const version = policyVersions.get(policyId) ?? 1;
    const edited = rulesAfter(version);
    policyVersions.set(policyId, version + 1);
    policies.set(versionOf({ policyId, policyVersion: version + 1 }), edited);
    await paging.api.invoke({ do: 'savePolicy', caller: person('ana'), id: policyId, rules: edited });
  };
  const silence = async (): Promise<void> => {
    const title = `shop-${chance.between(0, 2)} is wrong`;
    const [inSeconds, seconds] = [chance.happens(0.6) ? 0 : chance.between(1, 60), chance.between(15, 240)];
    const ending = await alerts.api.invoke({ do: 'silence', caller: person('ana'), title, inSeconds, seconds });
    if (ending.kind !== 'answered' || !ending.answer.silenceId || chance.happens(0.6)) return;
    const { silenceId } = ending.answer;
    const caller = person('ben');
    world.after(chance.between(5_000, 120_000), () => void alerts.api.invoke({ do: 'expire', caller, silenceId }));
  };
  /** Drawn by a chance of its own, so that nights without incidents stay as they are. */
  const quiet = chanceOf(seed ^ 0x51e7);
  const actUnderSilence = async (): Promise<void> => {
    const told = [...seen.alerts.values()].map(({ id, transitions }) => ({ id, alert: transitions.at(-1)?.alert }));
    const open = told.filter(({ alert }) => alert !== undefined && alert.status !== 'resolved');
    if (open.length === 0) return;
    const { id, alert } = quiet.pick(open);
    const seconds = quiet.between(60, 240);
    await alerts.api.invoke({
      do: 'silence',
      caller: person('ben'),
      title: alert?.title ?? '',
      inSeconds: 0,
      seconds,
    });
    const acts = quiet.happens(0.5)
      ? (['acknowledge', 'unacknowledge', 'acknowledge'] as const)
      : (['acknowledge', 'resolve'] as const);
    let after = 2_000;
    for (const each of acts) {
      after += quiet.between(1_000, 20_000);
      world.after(after, () => void alerts.api.invoke({ do: each, caller: person('cleo'), id }));
    }
  };
  const resolveIncident = async (): Promise<void> => {
    const open = incidents?.incidents().find(({ status }) => status !== 'resolved');
    if (!open) return;
    await incidents?.api.invoke({ caller: chance.pick(PEOPLE), id: open.id, version: open.version });
  };
  const nameSomebody = async (): Promise<void> => {
    const open = incidents?.incidents().find(({ status }) => status !== 'resolved');
    if (!open) return;
    const wanted = users.filter(() => chance.happens(0.4));
    const roles = chance.happens(0.5) ? { responders: wanted } : { commander: chance.pick(users) };
    await incidents?.api.invoke({ caller: chance.pick(PEOPLE), id: open.id, version: open.version, roles });
  };
  const act = async (): Promise<void> => {
    const roll = chance.next();
    if (roll < 0.1) return edit();
    if (roll < 0.18) {
      await paging.api.invoke({ do: 'removeContact', caller: person('ana'), ...chance.pick(contacts) });
      return;
    }
    if (known.length === 0) return;
    const [id, caller] = [chance.pick(known), chance.pick(PEOPLE)];
    if (roll < 0.3) return hurry(id);
    if (roll < 0.4) await alerts.api.invoke({ do: 'snooze', caller, id, seconds: chance.between(10, 120) });
    else if (roll < 0.7) await alerts.api.invoke({ do: 'acknowledge', caller, id });
    else if (roll < 0.85) await alerts.api.invoke({ do: 'unacknowledge', caller, id });
    else await alerts.api.invoke({ do: 'resolve', caller, id });
  };

  for (let at = 0; at < 22 * MINUTE; at += MINUTE) {
    world.after(at + chance.between(0, 2_000), () => void alerts.eachMinute());
    for (const each of [paging.tick, paging.audit, duty.tick]) {
      world.after(at + chance.between(0, 2_000), () => void each());
      if (chance.happens(weather.repeats)) world.after(at + chance.between(0, 9_000), () => void each());
    }
  }
  for (let n = chance.between(1, 3); n > 0; n--) {
    world.after(
      chance.happens(0.2) ? MINUTE : chance.between(0, 3 * MINUTE),
      () => void raise(`shop-${chance.between(0, 2)}`),
    );
  }
  for (let n = chance.between(0, 10); n > 0; n--) {
    // Some things happen in the same millisecond.
    world.after(chance.happens(0.2) ? 4 * MINUTE : chance.between(30_000, 12 * MINUTE), () => void act());
  }
  for (let n = incidents ? quiet.between(0, 2) : 0; n > 0; n--) {
    world.after(quiet.between(20_000, 8 * MINUTE), () => void actUnderSilence());
  }
  if (incidents && chance.happens(0.4)) {
    world.after(chance.between(MINUTE, 8 * MINUTE), () => void resolveIncident());
  }
  for (let n = incidents && chance.happens(0.6) ? chance.between(1, 3) : 0; n > 0; n--) {
    world.after(chance.between(10_000, 8 * MINUTE), () => void nameSomebody());
  }
  for (let n = chance.happens(0.3) ? chance.between(1, 2) : 0; n > 0; n--) {
    world.after(chance.between(0, 8 * MINUTE), () => void silence());
  }
  if (chance.happens(0.2)) {
    const { id } = chance.pick(PEOPLE);
    world.after(chance.between(0, 12 * MINUTE), () => {
      duty.leave(id);
      seen.userGone(id);
    });
  }
  for (let n = changes; n > 0; n--) {
    world.after(chance.happens(0.2) ? 4 * MINUTE : chance.between(0, 12 * MINUTE), () => void duty.change());
  }
  if (routing) {
    for (let n = routing.chance.between(1, 4); n > 0; n--) {
      world.after(routing.chance.between(0, routing.chance.happens(0.5) ? 5_000 : 8 * MINUTE), routing.change);
    }
  }
  if (mishap === 'wakes') {
    for (let n = 0; n < 3; n++) world.after(chance.between(MINUTE, 9 * MINUTE), paging.emptyWakes);
  }
  await world.goOn(CLEAR_AT);
  world.setWeather({ ...CALM, skewMs: weather.skewMs });
  await world.goOn(END);

  const failures = [
    ...(await brokenReceipts({
      alerts,
      ledger: paging.ledger,
      read: paging.receiptLedger,
      escalations: paging.escalations(),
    })),
    ...world.surprises(),
    ...paging.poisoned().map((body) => `poisoned: ${body}`),
    ...alerts.lost().map((body) => `lost: ${body}`),
    ...(!isFoul && mishap !== 'feed' && paging.findings() > 0
      ? [`the auditor found ${paging.findings()} faults where nothing but the tick was needed`]
      : []),
    ...brokenPromises({
      chronicle: seen,
      handed: provider.handed(),
      refusals: provider.refusals,
      escalations: paging.escalations(),
      policies,
      routing,
      duty,
      turns,
      silences,
      answers: answers.answers(),
      hurried,
      clearAt: isFoul ? CLEAR_AT : 0,
      lateMs: isFoul ? 4 * MINUTE : LATE_MS[mishap],
      skewMs: weather.skewMs,
      lookMs: weather.dawdles > 0 ? 8_100 : 100,
      silenceLookMs: (isFoul ? MINUTE : 200) + weather.skewMs,
      isFair: !isFoul,
      now: world.now(),
    }),
    ...(incidents
      ? [
          ...brokenTogether({
            incidents,
            chronicle: seen,
            told,
            minAlerts,
            clearAt: isFoul ? CLEAR_AT : 0,
            lateMs: (isFoul ? 10 : 4) * MINUTE,
            now: world.now(),
          }),
          ...brokenCalls({
            chronicle: seen,
            handed: provider.handed(),
            versions: incidents.versions(),
            timelineOf: incidents.timelineOf,
            toldLateMs: (isFoul ? 10 : 4) * MINUTE,
            isKept: mishap !== 'wakes',
            clearAt: isFoul ? CLEAR_AT : 0,
            lateMs: isFoul ? 4 * MINUTE : LATE_MS[mishap],
            lookMs: weather.dawdles > 0 ? 8_100 : 100,
            now: world.now(),
          }),
        ]
      : []),
  ];
  return { failures, published: told.length, repeats: 0, handed: provider.handed().length };
};
