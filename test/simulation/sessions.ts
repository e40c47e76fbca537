import { authStore } from '../../functions/auth/deps.ts';
import { firstRefreshToken, GRACE_SECONDS, parseRefreshToken } from '../../functions/auth/accounts/refresh-token.ts';
import { refreshTokens, type RefreshDeps } from '../../functions/auth/accounts/refresh-tokens.ts';
import { revokeSession } from '../../functions/auth/accounts/revoke-session.ts';
import { changeUser } from '../../functions/auth/accounts/change-user.ts';
import { newUser, type StoredUser } from '../../functions/auth/accounts/user.ts';
import { roleCache } from '../../functions/auth/roles/role-cache.ts';
import { AUTH_TABLE_SHAPE, USER_ITEM } from '../../functions/auth/table.ts';
import { fromImage, table } from '../../shared/aws/dynamo.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { Verdict } from './bell.ts';
import { clientOf, memoryDynamo } from './world/dynamo.ts';
import { dynamoIn } from './world/services.ts';
import { CALM, simulatedWorld, type Ending, type Surroundings, type Weather } from './world/world.ts';

const START = new Date('2026-11-21T03:00:00Z');
const TABLE = 'auth';
const MINUTE = 60_000;
const CLEAR_AT = START.getTime() + 10 * MINUTE;
const END = START.getTime() + 15 * MINUTE;
const TIMEOUT_SECONDS = 29;
/** For so long after it was used up, however slow that was, a token may be presented again without harm. */
const EXCUSED_MS = (GRACE_SECONDS - TIMEOUT_SECONDS) * 1000;
/** From then on, it may not. */
const GRACE_MS = GRACE_SECONDS * 1000;
const ACCESS_SECONDS = 60;
/** Short, so that tokens also expire within a run. */
const REFRESH_SECONDS = 4 * 60;
const ORIGIN = { ip: '127.0.0.1', userAgent: 'simulation', requestId: 'r' };
const TOKENS = {
  issuer: 'https://tocsin.test',
  audience: 'tocsin',
  accessTokenSeconds: ACCESS_SECONDS,
  refreshTokenSeconds: REFRESH_SECONDS,
};
/** Signatures are not what this is about, and take real time. */
const KEYS = {
  signer: () => Promise.resolve({ kid: 'k1', sign: (claims: object) => Promise.resolve(JSON.stringify(claims)) }),
};

/** What a broken build does otherwise than the one that is deployed. */
export interface SessionBreakage {
  readonly refresh?: (deps: RefreshDeps) => RefreshDeps;
}

/** A refresh token that was presented, and the outcome. Times are milliseconds of the world. */
interface Presented {
  readonly sessionId: string;
  readonly generation: number;
  readonly isOurs: boolean;
  readonly from: number;
  readonly to: number;
  readonly answer: 'died' | 'failed' | 'refused' | { readonly token: string };
}

/** A session as the table knows it. */
interface Known {
  readonly userId: string;
  /** When each generation became the good one. */
  readonly since: number[];
  expiresAt: number;
  endedAt: number;
  /** The verb that ended it. */
  endedBy: 'nothing' | 'reuse' | 'a person';
}

/**
 * Clients with sessions that renew them, two tabs at once among them, while functions die, DynamoDB refuses and answers are
 * lost. Some tokens are stolen and presented later. People end sessions and disable users. It holds that nobody is logged out
 * because an answer was lost, that a session has one line of tokens, and that a stolen token ends its session.
 */
export const sessions = async (
  seed: number,
  weather: Weather,
  breakage: SessionBreakage = {},
): Promise<Verdict & { readonly refreshed: number }> => {
  const world = simulatedWorld(seed, weather, START);
  const { chance } = world;
  const known = new Map<string, Known>();
  const presented: Presented[] = [];
  const failures: string[] = [];
  const forged = new Set<string>();

  const dynamo = memoryDynamo({
    onWrite: ({ key, before, after }) => {
      if (!key.endsWith(`\u0000${USER_ITEM}`)) return;
      const [was, is] = [before, after].map((image) => image && (fromImage(image) as unknown as StoredUser));
      for (const [id, session] of Object.entries(is?.sessions ?? {})) {
        const mine = known.get(id);
        if (!mine) continue;
        mine.since[session.generation] ??= world.now();
        mine.expiresAt = Date.parse(session.expiresAt);
      }
      for (const id of Object.keys(was?.sessions ?? {})) {
        const mine = known.get(id);
        if (!mine || is?.sessions[id]) continue;
        mine.endedAt = world.now();
        mine.endedBy = is?.event.type === 'session.reuse_detected' ? 'reuse' : 'a person';
      }
    },
    propagate: world.inOrder(),
  });
  dynamo.createTable(TABLE, AUTH_TABLE_SHAPE);
  const calm = authStore(
    table(
      clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input))),
      TABLE,
    ),
    ACCESS_SECONDS,
  );

  const storeIn = ({ call }: Pick<Surroundings, 'call'>) =>
    authStore(table(dynamoIn(dynamo, call), TABLE), ACCESS_SECONDS);

  const renew = world.deploy<string, string>((container) => {
    const { clock } = container;
    const store = storeIn(container);
    const deps: RefreshDeps = { clock, store, roles: roleCache({ store, clock }), keys: KEYS, tokens: TOKENS };
    const broken = breakage.refresh?.(deps) ?? deps;
    return async (token) => (await refreshTokens(broken, { origin: ORIGIN }, { refreshToken: token })).refreshToken;
  }, TIMEOUT_SECONDS);
  const people = world.deploy<(container: Surroundings) => Promise<unknown>, unknown>(
    (container) => (work) => work(container),
    TIMEOUT_SECONDS,
  );

  const present = async (token: string): Promise<Presented['answer']> => {
    const parsed = parseRefreshToken(token);
    if (!parsed) throw new Error('not a token');
    const from = world.now();
    const answer = answerOf(await renew.invoke(token));
    const isOurs = !forged.has(token);
    const { sessionId, generation } = parsed;
    presented.push({ sessionId, generation, isOurs, from, to: world.now(), answer });
    return answer;
  };

  const admin: Caller = {
    kind: 'user',
    id: 'usr_admin',
    name: 'admin',
    sessionId: '',
    roles: ['admin'],
    permissions: ['*'],
    tier: 'standard',
    restricted: false,
  };

  const users: StoredUser[] = [];
  for (const username of ['admin', 'ana', 'ben']) {
    const bare = newUser(
      {
        username,
        displayName: username,
        roles: username === 'admin' ? ['admin'] : ['viewer'],
        tier: null,
        passwordHash: 'x',
        passwordChangeRequired: false,
      },
      START,
    );
    const user = { ...bare, wantedTier: 'standard', event: {} } as unknown as StoredUser;
    await calm.createUser(user);
    users.push(user);
  }

  /** A program with one session: what it has stored is what all of its tabs present. */
  const client = async (user: StoredUser): Promise<void> => {
    const sessionId = newId('ses', START);
    const { token, state } = firstRefreshToken({ userId: user.id, sessionId }, START, REFRESH_SECONDS);
    known.set(sessionId, {
      userId: user.id,
      since: [],
      expiresAt: Date.parse(state.expiresAt),
      endedAt: Infinity,
      endedBy: 'nothing',
    });
    const session = { ...state, createdAt: START.toISOString(), ip: ORIGIN.ip, userAgent: ORIGIN.userAgent };
    const at = START.toISOString();
    const event = { at } as never;
    await calm.startSession(user, { id: sessionId, session, drop: [], wantedTier: 'standard' as never, event });
    let stored = token;
    let isOut = false;
    const stolen: string[] = [];
    // A tab without an answer asks again, at once or a little later, with the token that is stored then.
    const tab = async (): Promise<void> => {
      for (let attempt = 0; attempt < 4 && !isOut; attempt++) {
        const mine = stored;
        const answer = await present(mine);
        if (answer === 'refused') {
          // Another tab may have stored the next one meanwhile.
          if (stored === mine) isOut = true;
          return;
        }
        if (typeof answer === 'object') {
          const [had, has] = [parseRefreshToken(stored), parseRefreshToken(answer.token)];
          if ((has?.generation ?? 0) > (had?.generation ?? 0)) stored = answer.token;
          return;
        }
        await new Promise<void>((resolve) => world.after(chance.between(100, 3_000), resolve));
      }
    };
    const everySeconds = chance.between(30, 90);
    for (let at = chance.between(1_000, 30_000); at < END - START.getTime() - MINUTE; at += everySeconds * 1000) {
      for (let tabs = chance.happens(0.3) ? 2 : 1; tabs > 0; tabs--) {
        world.after(at + (chance.happens(0.5) ? 0 : chance.between(0, 3_000)), () => void (isOut || tab()));
      }
    }
    if (chance.happens(0.3)) {
      const takenAt = chance.between(0, 6 * MINUTE);
      world.after(takenAt, () => stolen.push(stored));
      for (let n = chance.between(1, 3); n > 0; n--) {
        world.after(takenAt + chance.between(0, 3 * MINUTE), () => {
          const mine = stolen.at(-1);
          if (!mine) return;
          void present(mine).then((answer) => typeof answer === 'object' && stolen.push(answer.token));
        });
      }
    }
    if (chance.happens(0.3)) {
      world.after(chance.between(MINUTE, 8 * MINUTE), () => {
        // An attacker who knows the ids and neither secret.
        const made = stored.replace(/\.[0-9a-z]+\.[\w-]{22}\./, `.1.${'x'.repeat(22)}.`);
        forged.add(made);
        void present(made);
      });
    }
    if (chance.happens(0.15)) {
      const caller = { ...admin, id: user.id, name: user.username };
      world.after(chance.between(MINUTE, 9 * MINUTE), () => {
        void people.invoke(({ clock, call }) => {
          const store = storeIn({ call });
          return revokeSession({ store, clock }, { caller, origin: ORIGIN }, { id: sessionId });
        });
      });
    }
  };

  const [, ...others] = users;
  for (let n = chance.between(2, 5); n > 0; n--) await client(chance.pick(others));
  if (chance.happens(0.15)) {
    const { id } = chance.pick(others);
    world.after(chance.between(2 * MINUTE, 9 * MINUTE), () => {
      void people.invoke(({ clock, call }) => {
        const store = storeIn({ call });
        return changeUser({ store, clock }, { caller: admin, origin: ORIGIN }, { id, status: 'disabled' });
      });
    });
  }
  await world.goOn(CLEAR_AT);
  world.setWeather({ ...CALM, skewMs: weather.skewMs });
  await world.goOn(END);

  failures.push(...world.surprises(), ...brokenSessions(presented, known, 2 * weather.skewMs));
  const refreshed = presented.filter(({ answer }) => typeof answer === 'object').length;
  return { failures, published: 0, repeats: 0, refreshed };
};

const answerOf = (ending: Ending<string>): Presented['answer'] => {
  if (ending.kind === 'died') return 'died';
  if (ending.kind === 'answered') return { token: ending.answer };
  return (ending.error as Error).name === 'Problem' ? 'refused' : 'failed';
};

/** What of the promises about sessions was broken, each in a sentence. */
const brokenSessions = (
  presented: readonly Presented[],
  known: ReadonlyMap<string, Known>,
  skewMs: number,
): string[] => {
  const failures: string[] = [];
  const successors = new Map<string, string>();
  /** Whether the token was used up for longer than a lost answer excuses. */
  const isReuse = ({ sessionId, generation, isOurs, to }: Presented): boolean => {
    const since = known.get(sessionId)?.since ?? [];
    const usedUpAt = since[generation + 1] ?? Infinity;
    const isOlder = (since[generation + 2] ?? Infinity) <= to;
    return isOurs && (isOlder || to - usedUpAt > EXCUSED_MS - skewMs);
  };
  for (const each of presented) {
    const { sessionId, generation, from, to, answer } = each;
    const session = known.get(sessionId);
    if (!session) continue;
    const name = `${sessionId}, generation ${generation}`;
    if (typeof answer === 'object') {
      const of = `${sessionId}#${generation}`;
      if ((successors.get(of) ?? answer.token) !== answer.token) failures.push(`${name}: two tokens follow it`);
      successors.set(of, answer.token);
      if (from > session.endedAt) failures.push(`${name}: answered after the session had ended`);
      if (!each.isOurs) failures.push(`${name}: answered to somebody who made it up`);
      const usedUpAt = session.since[generation + 1] ?? Infinity;
      if (from > usedUpAt + GRACE_MS + skewMs) failures.push(`${name}: answered again after its grace`);
    }
    if (answer !== 'refused' || !each.isOurs) continue;
    const isOver = session.endedAt <= to || session.expiresAt - skewMs <= to;
    if (!isOver && !isReuse(each)) failures.push(`${name}: refused, although it was good or its answer was lost`);
    const usedUpAt = session.since[generation + 1] ?? Infinity;
    if (from > usedUpAt + GRACE_MS + skewMs && session.endedAt > to) {
      failures.push(`${name}: somebody has a copy of it, and the session goes on`);
    }
  }
  for (const [id, { endedBy, endedAt }] of known) {
    const culprits = presented.filter((each) => each.sessionId === id && each.from <= endedAt);
    if (endedBy === 'reuse' && !culprits.some((each) => isReuse(each))) {
      failures.push(`${id}: ended, although nobody presented a token that was used up`);
    }
  }
  return failures;
};

const withRotate =
  (change: (rotate: RefreshDeps['store']['rotate']) => RefreshDeps['store']['rotate']) =>
  (deps: RefreshDeps): RefreshDeps => ({
    ...deps,
    store: { ...deps.store, rotate: change(deps.store.rotate) },
  });

/** Changes what the verdict on a token sees of its session. */
const seenAs = (
  change: (session: StoredUser['sessions'][string], at: Date) => Partial<StoredUser['sessions'][string]>,
) =>
  withRotate((rotate) => async (token, hash, set, at) => {
    const { rotated, user } = await rotate(token, hash, set, at);
    const session = user?.sessions[token.sessionId];
    if (rotated || !session) return { rotated, user };
    return { rotated, user: { ...user, sessions: { [token.sessionId]: { ...session, ...change(session, at) } } } };
  });

/** Builds that each break a promise, with the failure that the simulation reports. */
export const BROKEN_SESSIONS: Readonly<Record<string, SessionBreakage & { readonly tells: RegExp }>> = {
  'a used token is never answered again': {
    tells: /nobody presented a token that was used up|its answer was lost/,
    refresh: seenAs(() => ({ previousHash: '' })),
  },
  'a used token is answered again for good': {
    tells: /answered again after its grace|and the session goes on/,
    refresh: seenAs((_session, at) => ({ rotatedAt: at.toISOString() })),
  },
  'the grace is over before the gateway gives a request up': {
    tells: /nobody presented a token that was used up|its answer was lost/,
    refresh: seenAs(({ rotatedAt }) => ({
      rotatedAt: new Date(Date.parse(rotatedAt) - TIMEOUT_SECONDS * 1000 - 1_000).toISOString(),
    })),
  },
  'every caller gets a token of their own': {
    tells: /two tokens follow it/,
    refresh: withRotate((rotate) => async (...of) => ({ ...(await rotate(...of)), rotated: true })),
  },
  'a stolen token is only refused': {
    tells: /somebody has a copy of it, and the session goes on/,
    refresh: (deps) => ({ ...deps, store: { ...deps.store, endSession: () => Promise.resolve(true) } }),
  },
  'a generation that was made up ends a session': {
    tells: /nobody presented a token that was used up/,
    refresh: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        rotate: async (token, ...of) => {
          const answer = await deps.store.rotate(token, ...of);
          const session = answer.user?.sessions[token.sessionId];
          if (session && token.generation < session.generation - 1) {
            await deps.store.endSession(token.userId, token.sessionId, reuse(of[2]), of[2]);
          }
          return answer;
        },
      },
    }),
  },
};

const reuse = (at: Date) => ({ type: 'session.reuse_detected', at: at.toISOString() }) as never;
