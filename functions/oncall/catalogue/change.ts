import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import type { Catalogue, CatalogueChange, CatalogueStore } from './store.ts';

/**
 * Decides on a change by all services and teams as they are at one moment, and makes it unless they changed meanwhile;
 * then it is decided again. So no two changes that are right one by one can be wrong together.
 */
export const change = async <T>(
  store: Pick<CatalogueStore, 'read' | 'write'>,
  at: Date,
  decide: (catalogue: Catalogue) => {
    readonly change: CatalogueChange;
    readonly event: AuditEvent;
    readonly result: T;
  },
): Promise<T> => {
  return untilWritten(
    async () => {
      const catalogue = await store.read();
      const { change, event, result } = decide(catalogue);
      if (await store.write(catalogue.revision, change, event, at)) return result;
      return OVERTAKEN;
    },
    () => conflict('catalogue.busy', 'Several callers are changing services and teams. Try again.'),
  );
};
