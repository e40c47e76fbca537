import type { StoredAlert } from '../../functions/alerts/alert.ts';
import type { Escalation } from '../../functions/paging/escalations/escalation.ts';
import type { StoredPage } from '../../functions/paging/pages/page.ts';
import type { PagingWrite } from './paging.ts';
import type { World } from './world/world.ts';

/** A stretch of time, in milliseconds of the world; without an end it lasts. */
export interface Stretch {
  readonly from: number;
  to: number;
}

/** A page and its versions, with the instants at which the table took them. */
export interface Told {
  readonly key: string;
  readonly page: StoredPage;
  readonly writtenAt: number;
  readonly claimedAt: number[];
  /** Everything that the table took of it, in order. */
  readonly versions: { readonly at: number; readonly page: StoredPage }[];
  closed?: { readonly at: number; readonly page: StoredPage };
}

/** An alert and its transitions, with the instants at which the table took them. */
export interface AlertTold {
  readonly id: string;
  /** While it rings: open, and not snoozed. */
  readonly rings: Stretch[];
  readonly transitions: { readonly at: number; readonly alert: StoredAlert }[];
}

/** Records what the tables take, by true time. The promises are checked against it. */
export const chronicle = (world: World) => {
  const alerts = new Map<string, AlertTold>();
  const pages = new Map<string, Told>();
  /** When each round of an alert's escalation began. */
  const rounds = new Map<string, number[]>();
  /** Every version of an alert's escalation, in order. */
  const courses = new Map<string, { readonly at: number; readonly escalation: Escalation }[]>();
  const contacts: (Stretch & { readonly userId: string; readonly contactId: string })[] = [];
  const oddities: string[] = [];

  const alertWritten = (alert: StoredAlert): void => {
    const at = world.now();
    const told = alerts.get(alert.id) ?? { id: alert.id, rings: [], transitions: [] };
    alerts.set(alert.id, told);
    told.transitions.push({ at, alert });
    const isRinging = alert.status === 'open' && alert.snoozedUntil === null;
    const last = told.rings.at(-1);
    if (isRinging && (!last || last.to < Infinity)) told.rings.push({ from: at, to: Infinity });
    if (!isRinging && last?.to === Infinity) last.to = at;
  };

  const pageWritten = (page: StoredPage, isNew: boolean): void => {
    const at = world.now();
    const key = `${page.subject.id}#${page.key}`;
    const told = pages.get(key) ?? { key, page, writtenAt: at, claimedAt: [], versions: [] };
    if (isNew && pages.has(key)) oddities.push(`${key}: written to the ledger twice`);
    pages.set(key, told);
    told.versions.push({ at, page });
    if (page.status === 'sending') told.claimedAt.push(at);
    if (page.dueAt !== undefined) return;
    if (told.closed) oddities.push(`${key}: was ${told.closed.page.status}, and is ${page.status} after that`);
    told.closed = { at, page };
  };

  const escalationWritten = (escalation: Escalation): void => {
    const { alertId, round } = escalation;
    const mine = courses.get(alertId) ?? [];
    courses.set(alertId, mine);
    mine.push({ at: world.now(), escalation });
    const begun = rounds.get(alertId) ?? [];
    rounds.set(alertId, begun);
    begun[round] ??= world.now();
  };

  const pagingWritten = ({ item, before, after }: PagingWrite): void => {
    if (item.startsWith('PAGE#') && after) pageWritten(after as StoredPage, before === undefined);
    if (item === 'ESCALATION' && after) escalationWritten(after as Escalation);
    if (!item.startsWith('con_')) return;
    const { userId = '', id = '' } = (after ?? before ?? {}) as { userId?: string; id?: string };
    if (after && !before) contacts.push({ userId, contactId: id, from: world.now(), to: Infinity });
    const gone = after ? undefined : contacts.find(({ contactId }) => contactId === id);
    if (gone) gone.to = Math.min(gone.to, world.now());
  };

  /** From now on no contact of this user may be used for a step. */
  const userGone = (userId: string): void => {
    for (const contact of contacts) if (contact.userId === userId) contact.to = Math.min(contact.to, world.now());
  };

  return { userGone, alerts, pages, rounds, courses, contacts, oddities, alertWritten, pagingWritten };
};

export type Chronicle = ReturnType<typeof chronicle>;
