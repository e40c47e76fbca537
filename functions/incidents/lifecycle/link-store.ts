import type { Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { LINKS_INDEX } from '../table.ts';
import type { Entry } from './entry.ts';
import { alertPart, bare, entryItem, LINK, type Keys } from './items.ts';
import { isUnchanged, linkItem, linkWrite, type LinkWrite } from './link-item.ts';
import type * as store from './link-store.ts';
import type { StoredLink } from './link.ts';

/*
 * Access patterns
 *
 *  #  question                                            index      key
 *  7  which incident an alert belongs to                  table      part = ALERT#id, item = LINK
 *  8  the alerts of an incident, as they opened           links      linkedTo = incident, alertId
 */

/** The functions of this file over a table. */
export type LinkStore = Bound<typeof store>;

/** Access pattern 7. */
export const linkOf = async (incidents: Table, alertId: string): Promise<StoredLink | undefined> => {
  const link = await incidents.get<StoredLink & Keys>({ part: alertPart(alertId), item: LINK }, { consistent: true });
  return link && bare(link);
};

/** Access pattern 7, for many: those of the alerts that belong to an incident, or once did. */
export const linked = async (incidents: Table, alertIds: readonly string[]): Promise<ReadonlySet<string>> => {
  const keys = alertIds.map((id) => ({ part: alertPart(id), item: LINK }));
  const links = await incidents.many<StoredLink>(keys, { consistent: true });
  return new Set(links.map(({ alertId }) => alertId));
};

/** Access pattern 8, each as it is now. An alert that was linked a moment ago may still be missing. */
export const listLinks = async (
  incidents: Table,
  incidentId: string,
  request: PageRequest,
): Promise<Page<StoredLink>> => {
  const { items, next } = await incidents.page<Key>(
    { index: LINKS_INDEX, where: '#linkedTo = :id', values: { id: incidentId } },
    request,
  );
  const keys = items.map(({ part = '', item = '' }) => ({ part, item }));
  const found = await incidents.many<StoredLink & Keys>(keys, { consistent: true });
  return {
    items: found.map((link) => bare<StoredLink>(link)).filter((link) => link.incidentId === incidentId),
    next,
  };
};

/** Writes a link where it is as it was read. False where it has changed in between. */
export const saveLink = async (incidents: Table, write: LinkWrite): Promise<boolean> =>
  (await incidents.put(linkItem(write), isUnchanged(write))).done;

/** The same together with timeline entries: all or nothing. */
export const moveLink = (
  incidents: Table,
  write: LinkWrite,
  entries: readonly { readonly incidentId: string; readonly entry: Entry }[],
): Promise<boolean> =>
  incidents.transact([
    linkWrite(write),
    ...entries.map(({ incidentId, entry }) => ({ put: entryItem(incidentId, entry) })),
  ]);
