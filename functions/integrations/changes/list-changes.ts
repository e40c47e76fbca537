import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Change } from './change.ts';
import type { ChangeStore } from './store.ts';

const DAY_MS = 86_400_000;

/** The changes of a time span, newest first: of the last day where no span is given. */
export const listChanges = (
  { clock, changes }: { readonly clock: Clock; readonly changes: Pick<ChangeStore, 'between'> },
  {
    from,
    to,
    service,
    ...page
  }: PageRequest & {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    readonly service?: string | undefined;
  },
): Promise<Page<Change>> => {
  const until = to === undefined ? clock.now() : new Date(to);
  const since = from === undefined ? new Date(until.getTime() - DAY_MS) : new Date(from);
  return changes.between({ from: since, to: until, service }, page);
};
