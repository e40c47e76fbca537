import type { Clock } from '../../../shared/kernel/clock.ts';
import { lastKnown } from '../../../shared/kernel/last-known.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import type { PeopleLister, Person } from '../../auth/port.ts';
import type { DirectoryReader, StoredPolicy, StoredSchedule, StoredService, StoredTeam } from '../../oncall/port.ts';

const FRESH_MS = 20_000;
/** What is not known may have been made a moment ago: the list is read again. Only holders of a key ask, and not often. */
const UNKNOWN_MS = 0;

export interface OrganisationDeps {
  readonly clock: Clock;
  readonly people: Pick<PeopleLister, 'list'>;
  readonly directory: DirectoryReader;
}

/** A list as it was at most 20 seconds ago, read when it is first asked for. */
export interface KnownList<T> {
  (): Promise<readonly T[]>;
  /** The entry that is meant, also one that was made a moment ago. */
  readonly find: (isMeant: (each: T) => boolean) => Promise<T | undefined>;
}

/** Who and what there is. */
export interface Organisation {
  readonly people: KnownList<Person>;
  readonly services: KnownList<StoredService>;
  readonly teams: KnownList<StoredTeam>;
  readonly policies: KnownList<StoredPolicy>;
  readonly schedules: KnownList<StoredSchedule>;
}

/** Reads an organisation through a memory; the answer is one moment of it, for one request. */
export const organisations = ({ clock, people, directory }: OrganisationDeps): (() => Organisation) => {
  const remembered = <T>(read: () => Promise<readonly T[]>) => {
    const known = lastKnown<readonly T[]>({ clock, freshMs: FRESH_MS });
    return (): KnownList<T> => {
      const list = lazy(() => known('', read));
      const again = lazy(() => known('', read, UNKNOWN_MS));
      return Object.assign(() => list(), {
        find: async (isMeant: (each: T) => boolean) => (await list()).find(isMeant) ?? (await again()).find(isMeant),
      });
    };
  };
  const lists = {
    people: remembered(() => everybody(people)),
    services: remembered(directory.services),
    teams: remembered(directory.teams),
    policies: remembered(directory.policies),
    schedules: remembered(directory.schedules),
  };
  return () => ({
    people: lists.people(),
    services: lists.services(),
    teams: lists.teams(),
    policies: lists.policies(),
    schedules: lists.schedules(),
  });
};

/** All users, page after page. */
const everybody = async ({ list }: Pick<PeopleLister, 'list'>): Promise<readonly Person[]> => {
  const found: Person[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 100, ...(cursor !== undefined && { cursor }) });
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
};
