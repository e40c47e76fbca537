import { DEFAULT_SETTINGS, type Settings } from '../../functions/health/config/settings.ts';
import { SHARED } from '../../shared/contacts/contact.ts';
import type { Step, Target } from '../../functions/oncall/policies/policy.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { bySomebody } from '../support/health.ts';
import { simulatedAlerts } from './alerts.ts';
import type { Verdict } from './bell.ts';
import { chronicle } from './chronicle.ts';
import { brokenMessages, type Acted, type AskedFor } from './message-promises.ts';
import { simulatedPaging, type Breakage } from './paging.ts';
import { simulatedProviders, type Asked, type Moods, type ProviderName } from './providers.ts';
import { simulatedSettings } from './settings.ts';
import { REFUSALS, withRetry } from './world/services.ts';
import { CALM, simulatedWorld, type Surroundings, type Weather, type World } from './world/world.ts';

const START = new Date('2026-11-21T03:00:00Z');
const MINUTE = 60_000;
const CLEAR_AT = START.getTime() + 8 * MINUTE;
const END = START.getTime() + 22 * MINUTE;
const NAMES = ['ana', 'ben', 'eva'] as const;
const QUIET: Moods = { busy: 0, rejects: 0, slow: 0, late: 0 };

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

/** A contact of a person, or a shared one. */
interface Reachable {
  readonly id: string;
  readonly userId: string;
  readonly channel: ProviderName;
  readonly to: string;
}

/** Chats of many, of which a night has one. */
const ROOMS = [
  { channel: 'slack', to: 'C000001' },
  { channel: 'teams', to: 'https://teams.test/room' },
] as const;
/** Programs, of which a night has one. */
const PROGRAMS = [
  { channel: 'webhook', to: 'https://hook.test/tocsin' },
  { channel: 'topic', to: 'arn:aws:sns:eu-central-1:000000000000:pages' },
] as const;

const contactsIn = ({ chance }: World): Reachable[] => {
  const own = NAMES.flatMap((name, i): Reachable[] => {
    const mine: Reachable[] = [
      { id: `con_${name}_slack`, userId: `usr_${name}`, channel: 'slack', to: `U00000${i}` },
      { id: `con_${name}_sms`, userId: `usr_${name}`, channel: 'sms', to: `+49151000000${i}` },
      { id: `con_${name}_mail`, userId: `usr_${name}`, channel: 'email', to: `${name}@tocsin.test` },
    ];
    const wanted = mine.filter(() => chance.happens(0.5));
    return wanted.length > 0 ? wanted : mine.slice(0, 1);
  });
  return [
    ...own,
    { id: 'con_room', userId: SHARED, ...chance.pick(ROOMS) },
    { id: 'con_hook', userId: SHARED, ...chance.pick(PROGRAMS) },
  ];
};

const policyIn = ({ chance }: World, version: number) => {
  const targets: readonly Target[] = [
    ...PEOPLE.map(({ id }) => ({ type: 'user' as const, id })),
    { type: 'contact', id: 'con_room' },
    { type: 'contact', id: 'con_hook' },
  ];
  const steps = Array.from({ length: chance.between(1, 2) }, (): Step => {
    const wanted = targets.filter(() => chance.happens(0.4));
    return {
      targets: wanted.length > 0 ? wanted : [chance.pick(targets)],
      escalateAfterMinutes: chance.between(1, 3),
    };
  });
  return { version, name: 'Everybody', repeat: chance.between(0, 1), acknowledgementTimeoutMinutes: null, steps };
};

const settingsIn = ({ chance }: World, before: Settings): Settings => ({
  ...before,
  notifications: {
    ...before.notifications,
    digest: { atOnce: chance.between(1, 3), windowSeconds: chance.pick([5, 10, 30]) },
    channels: {
      ...before.notifications.channels,
      sms: chance.happens(0.8),
      slack: chance.happens(0.85),
      email: chance.happens(0.8),
      teams: chance.happens(0.85),
    },
  },
});

const LINK = /https:\/\/tocsin\.test\/l\/([\w-]+)/g;

/**
 * What reaches people and programs, through the channels as they are deployed: many alerts at once become a digest, messages in
 * Slack have buttons and change with their alerts, one more person is asked for, channels are switched off and on and the
 * policy is changed while pages are on their way; providers refuse, ask to be left alone, answer late or not at all. It holds
 * that each message is owed, sent once, obeys the configuration and ends up saying how its alert stands.
 */
export const messages = async (
  seed: number,
  weather: Weather,
  breakage: Breakage = {},
): Promise<Verdict & { readonly digests: number }> => {
  const world = simulatedWorld(seed, weather, START);
  const { chance } = world;
  const isFoul = weather.dies + weather.refuses + weather.losesAnswer + weather.dawdles + weather.repeats > 0;
  const moods: Moods = {
    busy: chance.happens(0.4) ? 0.2 : 0,
    rejects: chance.happens(0.2) ? 0.1 : 0,
    slow: chance.happens(0.4) ? 0.2 : 0,
    late: chance.happens(0.4) ? 0.15 : 0,
  };
  const seen = chronicle(world);
  const acted: Acted[] = [];
  const askedFor: AskedFor[] = [];
  const contacts = contactsIn(world);
  const members = contacts.filter(({ channel, userId }) => channel === 'slack' && userId !== SHARED);

  const press = async (token: string, member: string, userId: string): Promise<void> => {
    const mine: Acted = { token, userId, isStranger: false, at: world.now(), endedAt: Infinity, ending: 'unknown' };
    const isTheirs = members.some((each) => each.to === member && each.userId === userId);
    acted.push(isTheirs ? mine : { ...mine, isStranger: true });
    const of = acted.at(-1) as Acted;
    const ending = await paging.api.invoke({ do: 'press', token, member });
    of.endedAt = world.now();
    of.ending = ending.kind === 'answered' ? 'done' : ending.kind === 'died' ? 'unknown' : 'refused';
  };
  const tap = async (token: string, userId: string): Promise<void> => {
    const of: Acted = { token, userId, isStranger: false, at: world.now(), endedAt: Infinity, ending: 'unknown' };
    acted.push(of);
    const ending = await paging.api.invoke({ do: 'tap', token });
    of.endedAt = world.now();
    of.ending = ending.kind === 'answered' ? 'done' : ending.kind === 'died' ? 'unknown' : 'refused';
  };
  /** A person sees a message and sometimes answers it, once or twice. So does a stranger. */
  const delivered = ({ provider, message, key }: Asked): void => {
    const contact = contacts.find(({ id }) => id === message.contactId);
    // Another person may have seen the alert elsewhere.
    const [id = ''] = key.split('#');
    if (known.includes(id) && chance.happens(0.1)) {
      world.after(chance.between(0, 2_000), () => {
        void alerts.api.invoke({ do: 'acknowledge', caller: chance.pick(PEOPLE), id });
      });
    }
    if (!contact || contact.userId === SHARED || !chance.happens(0.3)) return;
    const links = message.links;
    const all = links ? [chance.happens(0.7) ? links.acknowledge : links.resolve] : (message.text.match(LINK) ?? []);
    if (all.length === 0) return;
    const token = chance.pick(all).replace(/^.*\//, '');
    const isButton = provider === 'slack' && links !== undefined;
    const member =
      isButton && chance.happens(0.15) ? chance.pick(['U00000X', ...members.map(({ to }) => to)]) : contact.to;
    for (let times = chance.happens(0.3) ? 2 : 1; times > 0; times--) {
      world.after(chance.between(500, chance.happens(0.5) ? 20_000 : 240_000), () => {
        void (isButton ? press(token, member, contact.userId) : tap(token, contact.userId));
      });
    }
  };
  const providers = simulatedProviders(world, () => (world.now() < CLEAR_AT ? moods : QUIET), delivered);
  const settings = await simulatedSettings(
    world,
    settingsIn(world, { ...DEFAULT_SETTINGS, notifications: DEFAULT_SETTINGS.notifications }),
    bySomebody,
  );
  const alerts = simulatedAlerts(world, {
    published: (message, followers) => paging.tell(message, followers),
    concernsIn: (container) => ({
      pagingConcern: (batch) => paging.concernIn(container)(batch),
      incidentsConcern: () => Promise.resolve(() => false),
      webhooksConcern: () => Promise.resolve(() => false),
    }),
    written: seen.alertWritten,
  });
  const peopleIn =
    ({ call }: Surroundings) =>
    (id: string) =>
      withRetry(call)(() => ({ id, username: id, displayName: id, status: 'active' as const }), REFUSALS);
  const paging = simulatedPaging(world, {
    alerts,
    channelsIn: providers.channelsIn,
    slackIn: providers.slackIn,
    notifyingIn: settings.notifyingIn,
    withDigests: true,
    duty: {
      peopleIn,
      dutyIn: () => ({ onCallNow: () => Promise.resolve(undefined), answering: () => Promise.resolve([]) }),
    },
    written: seen.pagingWritten,
    turnTaken: () => undefined,
    withAnswers: true,
    breakage,
  });
  for (const contact of contacts) {
    const made = { verified: true, createdAt: START.toISOString(), guesses: 0, event: {} as never };
    await paging.contacts.add({ ...contact, ...made });
  }
  const changed = { changedAt: START.toISOString(), changedBy: {} as never, event: {} as never };
  await paging.policies.save({ ...policyIn(world, 0), id: 'default', version: 1, deleted: false, ...changed });

  const known: string[] = [];
  let policyVersion = 1;
  const raise = async (dedupKey: string): Promise<void> => {
    const [caller, severity] = [person('shop'), chance.pick(['warning', 'critical'] as const)];
    const ending = await alerts.api.invoke({ do: 'raise', caller, dedupKey, severity, service: dedupKey });
    if (ending.kind === 'answered' && ending.answer.alert) known.push(ending.answer.alert.id);
  };
  const askFor = async (id: string): Promise<void> => {
    const { id: userId } = chance.pick(PEOPLE);
    const asked: AskedFor = { alertId: id, userId, at: world.now(), contactIds: undefined };
    askedFor.push(asked);
    const reassign = false;
    const ending = await paging.api.invoke({ do: 'ask', caller: person('cleo'), id, userId, reassign });
    if (ending.kind === 'answered') asked.contactIds = ending.answer ?? [];
    // A caller without an answer, or an impatient one, asks again.
    if (ending.kind !== 'answered' || chance.happens(0.2)) {
      const again: AskedFor = { ...asked, at: world.now(), contactIds: undefined };
      askedFor.push(again);
      const second = await paging.api.invoke({ do: 'ask', caller: person('cleo'), id, userId, reassign });
      if (second.kind === 'answered') again.contactIds = second.answer ?? [];
    }
  };
  const act = async (): Promise<void> => {
    const roll = chance.next();
    if (roll < 0.1) {
      const rules = policyIn(world, policyVersion++);
      await paging.api.invoke({ do: 'savePolicy', caller: person('ana'), rules });
      return;
    }
    if (roll < 0.3) {
      await settings.change((before) => settingsIn(world, before));
      return;
    }
    if (known.length === 0) return;
    const [id, caller] = [chance.pick(known), chance.pick(PEOPLE)];
    if (roll < 0.5) return askFor(id);
    if (roll < 0.7) await alerts.api.invoke({ do: 'acknowledge', caller, id });
    else if (roll < 0.8) await alerts.api.invoke({ do: 'unacknowledge', caller, id });
    else if (roll < 0.9) await alerts.api.invoke({ do: 'snooze', caller, id, seconds: chance.between(10, 120) });
    else await alerts.api.invoke({ do: 'resolve', caller, id });
  };

  for (let at = 0; at < END - START.getTime(); at += MINUTE) {
    for (const each of [alerts.eachMinute, paging.tick, paging.audit]) {
      world.after(at + chance.between(0, 2_000), () => void each());
      if (chance.happens(weather.repeats)) world.after(at + chance.between(0, 9_000), () => void each());
    }
  }
  // A burst, and what comes besides it.
  const burstAt = chance.between(0, 2 * MINUTE);
  for (let n = chance.between(1, 7); n > 0; n--) {
    world.after(burstAt + chance.between(0, 8_000), () => void raise(`shop-${chance.between(0, 9)}`));
  }
  for (let n = chance.between(0, 3); n > 0; n--) {
    world.after(chance.between(0, 6 * MINUTE), () => void raise(`shop-${chance.between(0, 9)}`));
  }
  for (let n = chance.between(0, 10); n > 0; n--) {
    world.after(chance.between(20_000, 12 * MINUTE), () => void act());
  }
  await world.goOn(CLEAR_AT);
  world.setWeather({ ...CALM, skewMs: weather.skewMs });
  await world.goOn(END);

  const tokens = [...new Set(acted.map(({ token }) => token))];
  const links = new Map(
    await Promise.all(tokens.map(async (token) => [token, await paging.links.byToken(token)] as const)),
  );
  const isMoody = moods.busy + moods.rejects + moods.slow + moods.late > 0;
  const failures = brokenMessages({
    chronicle: seen,
    asked: providers.asked(),
    saidBy: providers.saidBy,
    inForce: settings.inForce(),
    contacts,
    acted,
    askedFor,
    linkOf: (token) => links.get(token),
    notesOf: (id) => alerts.timelineOf(id).flatMap(({ note }) => note ?? []),
    weather,
    isFair: !isFoul,
    isMoody,
    clearAt: isFoul || isMoody ? CLEAR_AT : 0,
    now: world.now(),
  });
  return {
    failures: [
      ...world.surprises(),
      ...paging.poisoned().map((body) => `lost: ${body}`),
      ...alerts.lost().map((body) => `lost: ${body}`),
      ...failures,
    ],
    published: providers.asked().length,
    repeats: 0,
    digests: providers.asked().filter(({ key }) => !key.includes('#')).length,
  };
};
