import { isThere } from '../../functions/auth/port.ts';
import { createTeam } from '../../functions/oncall/catalogue/create-team.ts';
import { getTeam } from '../../functions/oncall/catalogue/get.ts';
import { replaceTeam } from '../../functions/oncall/catalogue/replace-team.ts';
import type { CreateTeam } from '../../functions/oncall/catalogue/team.ts';
import { whoAnswers } from '../../functions/oncall/catalogue/who-answers.ts';
import { addOverride } from '../../functions/oncall/rota/add-override.ts';
import { createSchedule } from '../../functions/oncall/rota/create-schedule.ts';
import { getSchedule, type NamingDeps } from '../../functions/oncall/rota/get.ts';
import { onCall } from '../../functions/oncall/rota/on-call.ts';
import type { AddOverride } from '../../functions/oncall/rota/override.ts';
import { removeOverride } from '../../functions/oncall/rota/remove-override.ts';
import { replaceSchedule } from '../../functions/oncall/rota/replace-schedule.ts';
import type { CreateSchedule, Layer, Rotation } from '../../functions/oncall/rota/schedule.ts';
import type { ScheduleStore } from '../../functions/oncall/rota/store.ts';
import { tick, type TickDeps as ShiftTickDeps } from '../../functions/oncall/rota/tick.ts';
import { ONCALL_TABLE_SHAPE } from '../../functions/oncall/table.ts';
import type { TickDeps } from '../../functions/paging/escalations/tick.ts';
import type { Target } from '../../functions/oncall/policies/policy.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { rosterOf, wallIn, ZONES, type Zone } from './roster.ts';
import { clientOf, memoryDynamo, type StreamRecord } from './world/dynamo.ts';
import { dynamoIn, REFUSALS, withRetry } from './world/services.ts';
import type { Surroundings, World } from './world/world.ts';
import { catalogueStore, scheduleStore } from '../support/stores.ts';

const TABLE = 'oncall';
const ORIGIN = { ip: '127.0.0.1', userAgent: 'simulation', requestId: 'r' };
/** As `infra/contexts/oncall.ts` has it. */
const TICK_TIMEOUT_SECONDS = 55;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** So many minutes into the night the last of its hand-offs is. */
const LAST_HAND_OFF = 14;
const POLICIES = { isThere: () => Promise.resolve(true), naming: () => Promise.resolve([]) };

type Duty = TickDeps['duty'];
type Windows = Layer['restrictions'];

/** What a broken build does otherwise than the one that is deployed. */
export interface DutyBreakage {
  readonly edit?: (store: ScheduleStore) => ScheduleStore;
  readonly duty?: (duty: Duty, store: ScheduleStore) => Duty;
  readonly shifts?: (deps: ShiftTickDeps) => ShiftTickDeps;
}

type DutyRequest =
  | { readonly do: 'edit'; readonly schedule: CreateSchedule }
  | { readonly do: 'override'; readonly override: AddOverride }
  | { readonly do: 'takeBack'; readonly id: string }
  | { readonly do: 'team'; readonly team: CreateTeam };

/** A person was notified that their shift has begun or ended. `foundAt` is the instant to which the notice refers. */
export interface ShiftTold {
  readonly at: number;
  readonly foundAt: number;
  readonly userId: string;
  readonly isOver: boolean;
}

/** Hours of this night, some minutes long, by the clocks of a zone. */
export const windowsIn = ({ chance }: World, timeZone: string, startAt: number): Windows[number] => {
  const from = startAt + chance.between(0, LAST_HAND_OFF - 2) * MINUTE;
  const walls = [from, from + chance.between(2, 8) * MINUTE].map((at) => new Date(wallIn(timeZone, at)).toISOString());
  const [start = '', end = ''] = walls.map((wall) => wall.slice(11, 16));
  const day = new Date(walls[0] ?? '').getUTCDay() || 7;
  return chance.happens(0.5)
    ? { type: 'daily', days: [day], from: start, to: end }
    : { type: 'weekly', fromDay: day, from: start, toDay: day, to: end };
};

export const zoneIn = ({ chance }: World): Zone => chance.pick(Object.keys(ZONES) as Zone[]);

const ROTATIONS: readonly (readonly [Rotation, hours: number])[] = [
  [{ type: 'custom', unit: 'hours', every: 12 }, 12],
  [{ type: 'daily' }, 24],
  [{ type: 'weekly' }, 168],
  [{ type: 'custom', unit: 'days', every: 2 }, 48],
  [{ type: 'custom', unit: 'weeks', every: 2 }, 336],
];

/** A layer that hands off once in this night, by chance at some hours only. */
const layerIn = (world: World, timeZone: string, startAt: number, users: readonly string[]): Layer => {
  const { chance } = world;
  const [rotation, hours] = chance.pick(ROTATIONS);
  const handOffAt = startAt + chance.between(0, LAST_HAND_OFF) * MINUTE;
  const begins = wallIn(timeZone, handOffAt - chance.between(0, 3) * hours * HOUR);
  // Shifts beyond the night take time to compute, so the layer ends soon.
  const ends = handOffAt + (chance.happens(0.2) ? 0 : 48 * HOUR);
  const [date, endDate] = [begins, wallIn(timeZone, ends)].map((wall) => new Date(wall).toISOString());
  const [start, end] = [date?.slice(0, 10) ?? '', endDate?.slice(0, 10) ?? ''];
  return {
    name: 'Layer',
    users: Array.from({ length: chance.between(1, 4) }, () => chance.pick(users)),
    rotation,
    handOff: date?.slice(11, 16) ?? '',
    start,
    // It is handed over at the same time of day on its last day.
    end: start < end ? end : null,
    restrictions: Array.from({ length: chance.happens(0.5) ? 1 : 0 }, () => windowsIn(world, timeZone, startAt)),
  };
};

/**
 * Who is on call in this night, by a schedule that hands off every few minutes and on which nobody is at times, and in a team;
 * schedule, overrides and team change at night. Verbs, stores and the minute tick are those that are deployed; this world
 * tells people.
 */
export const simulatedDuty = async (world: World, people: readonly Caller[], breakage: DutyBreakage = {}) => {
  const { chance, now } = world;
  const startAt = now();
  const users = people.map(({ id }) => id);
  const roster = rosterOf(now);
  const told: ShiftTold[] = [];

  const taken = ({ key, before, after }: StreamRecord): void => {
    const [part = ''] = key.split('\u0000');
    const text = (name: string): string => (after ?? before)?.[name]?.S ?? '';
    if (part === 'SCHEDULE') roster.rotaTaken(text('name'));
    else if (part === 'TEAM') roster.teamTaken(text('name'));
    else if (part.startsWith('OVERRIDE#')) {
      if (after) roster.overrideTaken(text('note'));
      else roster.overrideGone(text('id'), text('note'));
    } else if (/^(START|END)#/.test(part) && !before) {
      const isOver = part.startsWith('END#');
      told.push({ at: now(), foundAt: Date.parse(text('at')), userId: text('userId'), isOver });
    }
  };
  const dynamo = memoryDynamo({ onWrite: taken, propagate: world.inOrder() });
  dynamo.createTable(TABLE, ONCALL_TABLE_SHAPE);
  const storeIn = ({ call }: Surroundings) => scheduleStore(dynamoIn(dynamo, call), TABLE);
  const catalogueIn = ({ call }: Surroundings) => catalogueStore(dynamoIn(dynamo, call), TABLE);

  const gone = new Map<string, 'disabled' | 'deleted'>();
  /** People as the accounts know them. */
  const peopleIn =
    ({ call }: Surroundings): TickDeps['people'] =>
    (id) =>
      withRetry(call)(
        () => ({ id, username: id, displayName: id, status: gone.get(id) ?? ('active' as const) }),
        REFUSALS,
      );

  const dutyIn = (container: Surroundings): Duty => {
    const [store, catalogue] = [storeIn(container), catalogueIn(container)];
    const duty: Duty = {
      onCallNow: (id, at) => onCall(store, id, at),
      answering: (id) => whoAnswers(catalogue, id),
    };
    return breakage.duty?.(duty, store) ?? duty;
  };

  const timer = world.deploy((container) => {
    const deps = { store: storeIn(container), clock: container.clock, remainingMs: () => TICK_TIMEOUT_SECONDS * 1000 };
    const broken = breakage.shifts?.(deps) ?? deps;
    return () => tick(broken);
  }, TICK_TIMEOUT_SECONDS);

  const isUserIn = (container: Surroundings) => {
    const person = peopleIn(container);
    return async (id: string) => isThere(await person(id));
  };
  const api = world.deploy((container) => {
    const { clock } = container;
    const [store, catalogue, isUser] = [storeIn(container), catalogueIn(container), isUserIn(container)];
    const deps: NamingDeps = { clock, store, isUser };
    const acting = { caller: people[0] as Caller, origin: ORIGIN };
    return async (request: DutyRequest): Promise<{ readonly id?: string }> => {
      switch (request.do) {
        case 'edit': {
          const { version } = await getSchedule(deps, schedule);
          const editing = { ...deps, store: breakage.edit?.(store) ?? store };
          return replaceSchedule(editing, acting, { ...request.schedule, id: schedule.id, version });
        }
        case 'override':
          return addOverride(deps, acting, { ...request.override, id: schedule.id });
        case 'takeBack':
          await removeOverride(deps, acting, { id: schedule.id, override: request.id });
          return {};
        case 'team': {
          const all = { clock, store: catalogue, isUser, policies: POLICIES };
          const { version } = await getTeam(all, team);
          return replaceTeam(all, acting, { ...request.team, id: team.id, version });
        }
      }
    };
  });

  let things = 0;
  const rotaInNight = (): CreateSchedule => {
    const timeZone = zoneIn(world);
    const layers = Array.from({ length: chance.between(1, 2) }, () => layerIn(world, timeZone, startAt, users));
    return { name: `schedule ${++things}`, description: '', timeZone, layers };
  };
  const teamInNight = (): CreateTeam => ({
    name: `team ${++things}`,
    description: '',
    parentId: null,
    members: users
      .filter(() => chance.happens(0.6))
      .map((userId) => ({ userId, role: chance.pick(['lead', 'responder', 'observer'] as const) })),
    labels: {},
  });
  const answering = ({ members }: CreateTeam): readonly string[] =>
    members.filter(({ role }) => role !== 'observer').map(({ userId }) => userId);

  const edit = async (): Promise<void> => {
    const wanted = rotaInNight();
    const asked = roster.asksForRota(wanted.name, wanted);
    const ending = await api.invoke({ do: 'edit', schedule: wanted });
    asked.isAnswered = ending.kind === 'answered';
  };
  const regroup = async (): Promise<void> => {
    const wanted = teamInNight();
    const asked = roster.asksForTeam(wanted.name, answering(wanted));
    const ending = await api.invoke({ do: 'team', team: wanted });
    asked.isAnswered = ending.kind === 'answered';
  };
  /**
   * An override adds, replaces or removes a person for some minutes. In some nights the schedule changes below it, or it is
   * removed.
   */
  const override = async (): Promise<void> => {
    const kind = chance.pick(['add', 'replace', 'remove'] as const);
    const from = Math.floor(now() / MINUTE) * MINUTE + chance.between(-1, 2) * MINUTE;
    const wanted: AddOverride = {
      kind,
      userId: chance.pick(users),
      insteadOf: kind === 'replace' && chance.happens(0.5) ? chance.pick(users) : null,
      from: new Date(from).toISOString(),
      to: new Date(from + chance.between(3, 9) * MINUTE).toISOString(),
      note: `override ${++things}`,
    };
    const asked = roster.asksForOverride(wanted.note, wanted);
    const ending = await api.invoke({ do: 'override', override: wanted });
    asked.isAnswered = ending.kind === 'answered';
    if (chance.happens(0.4)) world.after(chance.between(1_000, MINUTE), () => void edit());
    if (ending.kind !== 'answered' || !ending.answer.id || chance.happens(0.7)) return;
    const { id } = ending.answer;
    world.after(chance.between(1_000, 4 * MINUTE), () => {
      roster.wantsBack(id);
      void api.invoke({ do: 'takeBack', id });
    });
  };

  // Before the night begins nothing goes wrong.
  const client = clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input)));
  const settling = { clock: world.trueClock, isUser: () => Promise.resolve(true), policies: POLICIES };
  const [rota, members] = [rotaInNight(), teamInNight()];
  roster.asksForRota(rota.name, rota).isAnswered = true;
  roster.asksForTeam(members.name, answering(members)).isAnswered = true;
  const [someone, rotas] = [{ caller: people[0] as Caller, origin: ORIGIN }, scheduleStore(client, TABLE)];
  const schedule = await createSchedule({ ...settling, store: rotas }, someone, rota);
  const team = await createTeam({ ...settling, store: catalogueStore(client, TABLE) }, someone, members);

  const onSchedule = { type: 'schedule', id: schedule.id } as const;
  const targets: readonly Target[] = [onSchedule, onSchedule, { type: 'team', id: team.id }];
  return {
    dutyIn,
    peopleIn,
    /** What policies may name besides people, the schedule more often than the team. */
    targets,
    roster,
    told: (): readonly ShiftTold[] => told,
    tick: () => timer.invoke(undefined),
    /** Changes the schedule, an override or the team. */
    change: (): Promise<void> => {
      const roll = chance.next();
      return roll < 0.2 ? edit() : roll < 0.85 ? override() : regroup();
    },
    leave: (userId: string): void => void gone.set(userId, chance.pick(['disabled', 'deleted'] as const)),
  };
};

export type SimulatedDuty = Awaited<ReturnType<typeof simulatedDuty>>;
