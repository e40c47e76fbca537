import type { Caller } from '../../../shared/kernel/caller.ts';
import { permits, type Permission } from '../../../shared/kernel/permission.ts';
import { isTier, TIERS } from '../../../shared/kernel/tiers.ts';
import type { Bearer, Person } from '../../auth/port.ts';
import type { Limit } from '../resources/limit.ts';
import { keyUnavailable } from '../source.ts';
import type { KnownList } from './organisation.ts';
import { mayNot, noSuchRequester, throttled, unknownToken, wrong } from './refusal.ts';

/** The key in `Authorization: Token token=…`, or the token of a user in `Authorization: Bearer …`. */
export const tokenIn = (authorization = ''): string | undefined =>
  /^(?:token\s+token=|bearer\s+)"?([\w.-]+)"?$/i.exec(authorization.trim())?.[1];

export interface RequesterDeps {
  readonly bearerOf: (authorization: string) => Promise<Bearer | undefined>;
  readonly limit: Limit;
}

/**
 * Finds who calls: the holder of a machine key, or a user by an access token. Refuses with `key.unknown` a key that nobody holds, and with
 * `key.throttled` a key that calls more often than its tier allows.
 */
export const requesters =
  ({ bearerOf, limit }: RequesterDeps) =>
  async (presented: string | undefined): Promise<Caller> => {
    const bearer =
      presented === undefined
        ? undefined
        : await bearerOf(`Bearer ${presented}`).catch((cause: unknown) => {
            throw keyUnavailable(cause);
          });
    if (!bearer || bearer.restricted) throw unknownToken();
    const { requestsPerMinute } = TIERS[isTier(bearer.tier) ? bearer.tier : 'standard'];
    const wait = await limit({ id: bearer.id, eventsPerMinute: requestsPerMinute });
    if (wait !== undefined) throw throttled(requestsPerMinute, wait);
    const { kind, id, name, sessionId, roles, permissions, tier, restricted, networks } = bearer;
    return { kind, id, name, sessionId, roles, permissions, tier, restricted, networks };
  };

/** Refuses a caller without one of the permissions. */
export const assertMay = ({ permissions }: Caller, permission: Permission, ...others: readonly Permission[]): void => {
  if (![permission, ...others].some((each) => permits(permissions, each))) throw mayNot(permission);
};

/** RFC 2606: no mail goes there, ever. */
const NO_MAIL = 'tocsin.invalid';

/**
 * The address of a person as clients of PagerDuty know it: the name by which they log in where that is one, else an address that has the name
 * before its at sign, because clients demand an address. `From` takes both.
 */
export const emailOf = ({ username }: Pick<Person, 'username'>): string =>
  username.includes('@') ? username : `${username}@${NO_MAIL}`;

const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

/** The person whom an address names: by the name to log in, else by the part of it before the at sign. */
export const personBy = async (people: KnownList<Person>, from: string): Promise<Person | undefined> => {
  const wanted = plain(from);
  const local = wanted.split('@', 1)[0];
  const known = await people();
  return (
    known.find(({ username }) => plain(username) === wanted) ??
    (await people.find(({ username }) => plain(username) === wanted || plain(username) === local))
  );
};

/**
 * Who a change is attributed to. A key acts for the person whom `From` names: timelines and the audit trail have the name of the person
 * with the id of the key, so it is known who asked and by which key. A user's own token needs no `From`.
 */
export const actingFor = async (
  caller: Caller,
  from: string | undefined,
  people: KnownList<Person>,
  isFromNeeded = true,
): Promise<Caller> => {
  if (caller.kind === 'user') return caller;
  if (from === undefined || from.trim() === '') {
    if (isFromNeeded) throw wrong('The From header must have the e-mail address of a user.');
    return caller;
  }
  const person = await personBy(people, from);
  if (person?.status !== 'active') throw noSuchRequester(from);
  return { ...caller, name: person.username };
};
