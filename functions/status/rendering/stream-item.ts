import type { Written } from '../../../shared/aws/stream.ts';
import type { Update } from '../notices/notice.ts';
import type { Job } from '../subscribers/job.ts';
import { NOTICES_PREFIX, PAGES } from '../table.ts';

/** An item of the table as the reactor of its stream reads it. */
export interface StreamItem {
  readonly part: string;
  readonly item: string;
  readonly updates?: readonly Update[];
  readonly withdrawn?: boolean;
  readonly deleted?: boolean;
}

/** The id of the page that a write concerns; undefined for a write that changes no page. */
export const pageOf = ({ after }: Written<StreamItem>): string | undefined => {
  const { part = '', item } = after ?? {};
  if (part === PAGES) return item;
  return part.startsWith(NOTICES_PREFIX) ? part.slice(NOTICES_PREFIX.length) : undefined;
};

/** The work for subscribers that a write makes necessary: updates that it added, and a page that it deleted. */
export const jobsIn = (written: Written<StreamItem>): Job[] => {
  const { before, after } = written;
  const page = pageOf(written);
  const notice = after?.item;
  if (page === undefined || notice === undefined || after?.withdrawn) return [];
  if (after?.part === PAGES) return after.deleted && !before?.deleted ? [{ kind: 'forget', page }] : [];
  const last = before?.updates?.at(-1)?.number ?? 0;
  return (after?.updates ?? [])
    .filter(({ number, notify }) => number > last && notify)
    .map(({ number }) => ({ kind: 'announce', page, notice, number }));
};
