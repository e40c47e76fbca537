import type { Caller } from '../../shared/kernel/caller.ts';
import { simulatedAlerts, type AlertBreakage } from './alerts.ts';
import { CALM, simulatedWorld, type Weather } from './world/world.ts';

const caller = (name: string, kind: Caller['kind'] = 'user'): Caller => ({
  kind,
  id: `${kind}_${name}`,
  name,
  sessionId: '',
  roles: [],
  permissions: ['*'],
  tier: 'standard',
  restricted: false,
});
const PEOPLE = ['ana', 'ben', 'eva'].map((name) => caller(name));
const SOURCE = caller('prometheus', 'machine');
const SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
const START = new Date('2026-11-21T03:00:00Z');
const MINUTE = 60_000;
const THROTTLED_AT = 6 * MINUTE + 25_000;

export interface Verdict {
  /** What went wrong, each in a sentence; none where all held. */
  readonly failures: readonly string[];
  readonly published: number;
  readonly repeats: number;
}

/**
 * One run of the bell: sources raise the same few things, people acknowledge and resolve them at once, while functions
 * die, records repeat and DynamoDB, SQS and SNS refuse; then it clears up, and everything that was accepted must be
 * there, counted exactly, and told.
 */
export const bell = async (seed: number, weather: Weather, breakage: AlertBreakage = {}): Promise<Verdict> => {
  const world = simulatedWorld(seed, weather, START);
  const { chance } = world;
  const published = new Map<string, number>();
  let repeats = 0;
  const alerts = simulatedAlerts(
    world,
    {
      published: ({ alert, sequence }) => {
        const name = `${alert.id}#${sequence}`;
        if (published.has(name)) repeats++;
        published.set(name, (published.get(name) ?? 0) + 1);
      },
    },
    breakage,
  );
  const keys = Array.from({ length: chance.between(1, 3) }, (_, i) => `disk-${i}`);
  const known: string[] = [];
  const raised = new Map(keys.map((key) => [key, { accepted: 0, unknown: 0 }]));
  const winners = new Map<string, Set<string>>();

  const somebodyRaises = async (): Promise<void> => {
    const dedupKey = chance.pick(keys);
    const severity = chance.pick(SEVERITIES);
    const count = raised.get(dedupKey) ?? { accepted: 0, unknown: 0 };
    const ending = await alerts.api.invoke(
      chance.happens(0.3)
        ? { do: 'push', source: 'api:prometheus', dedupKey, severity, lastsSeconds: chance.between(30, 180) }
        : { do: 'raise', caller: SOURCE, dedupKey, severity },
    );
    if (ending.kind === 'answered') {
      count.accepted++;
      if (ending.answer.alert) known.push(ending.answer.alert.id);
    } else count.unknown++;
  };
  const somebodyActs = async (): Promise<void> => {
    if (known.length === 0) return;
    const id = chance.pick(known);
    const person = chance.pick(PEOPLE);
    if (chance.happens(0.2)) {
      await alerts.api.invoke({ do: 'snooze', caller: person, id, seconds: chance.between(10, 120) });
      return;
    }
    const verb = chance.happens(0.7) ? 'acknowledge' : 'resolve';
    const ending = await alerts.api.invoke({ do: verb, caller: person, id });
    if (ending.kind === 'answered' && verb === 'acknowledge') {
      winners.set(id, (winners.get(id) ?? new Set()).add(person.name));
    }
  };

  for (let at = 0; at < 20 * MINUTE; at += MINUTE) {
    world.after(at + chance.between(0, 2_000), () => void alerts.eachMinute());
    if (chance.happens(weather.repeats)) world.after(at + chance.between(0, 9_000), () => void alerts.eachMinute());
  }
  const acts = chance.between(5, 25);
  for (let i = 0; i < acts; i++) {
    const at = chance.happens(0.3) ? 30_000 : chance.between(0, 3 * MINUTE);
    world.after(at, () => void (chance.happens(0.6) ? somebodyRaises() : somebodyActs()));
  }
  // On a calm day the table throttles for a moment, between two minutes.
  let isThrottledStored = false;
  world.after(THROTTLED_AT, () => {
    alerts.refuseFor(2_000);
    void alerts.api.invoke({ do: 'raise', caller: SOURCE, dedupKey: 'throttled', severity: 'critical' });
  });
  world.after(THROTTLED_AT + 20_000, () => {
    isThrottledStored = alerts.alerts().some(({ dedupKey }) => dedupKey === 'throttled');
  });
  await world.goOn(START.getTime() + 5 * MINUTE);
  world.setWeather({ ...CALM, skewMs: weather.skewMs });
  await world.goOn(START.getTime() + 20 * MINUTE);

  const failures: string[] = [...world.surprises()];
  const all = alerts.alerts();
  const over = new Date(world.now() - 2 * MINUTE).toISOString();
  for (const lost of alerts.lost()) failures.push(`lost: ${lost}`);
  if (!isThrottledStored) failures.push('an alert that the table throttled once waits for the minute');
  if (alerts.spilling() > 0) failures.push(`${alerts.spilling()} events still wait in the spill queue`);
  for (const [key, { accepted, unknown }] of raised) {
    const mine = all.filter(({ dedupKey }) => dedupKey === key);
    const count = mine.reduce((sum, alert) => sum + alert.count, 0);
    if (count < accepted || count > accepted + unknown) {
      failures.push(`${key}: ${accepted} raises accepted and ${unknown} unanswered, but ${count} are counted`);
    }
    if (mine.filter(({ status }) => status !== 'resolved').length > 1) failures.push(`${key}: more than one is open`);
  }
  for (const { id, sequence, status, expiresAt, snoozedUntil } of all) {
    if (status !== 'resolved' && expiresAt !== undefined && expiresAt < over) failures.push(`${id}: never expires`);
    if (status !== 'resolved' && snoozedUntil !== null && snoozedUntil < over) failures.push(`${id}: sleeps for ever`);
    const told = alerts.timelineOf(id).map((entry) => entry.sequence);
    for (let each = 1; each <= sequence; each++) {
      if (!published.has(`${id}#${each}`)) failures.push(`${id}: transition ${each} was never published`);
      if (!told.includes(each)) failures.push(`${id}: transition ${each} is not in the timeline`);
    }
  }
  for (const [id, people] of winners) {
    if (people.size > 1) failures.push(`${id}: acknowledged by ${[...people].join(' and ')} at once`);
  }
  if (repeats > 0 && weather.dies + weather.losesAnswer + weather.repeats === 0) {
    failures.push(`${repeats} transitions were published twice in a world where nothing dies`);
  }
  return { failures, published: published.size, repeats };
};

/** Builds that each break a promise of the bell, with the failure that the simulation reports. */
export const BROKEN_BELLS: Readonly<Record<string, AlertBreakage & { readonly tells: RegExp }>> = {
  'spilled events are lost': { tells: /are counted/, withoutSpill: true },
  'the spill queue is not read': { tells: /still wait in the spill queue/, withoutDrain: true },
  'nothing wakes the reader of the spill queue': { tells: /waits for the minute/, withoutWake: true },
  'the reader of the spill queue deletes what failed': {
    tells: /are counted/,
    drain: (react) => async (event) => {
      await react(event);
      return { batchItemFailures: [] };
    },
  },
  'transitions are not added to the timeline': {
    tells: /is not in the timeline/,
    store: () => ({ addEntry: () => Promise.resolve() }),
  },
  'nothing ticks': { tells: /never expires|sleeps for ever/, withoutTick: true },
};
