import type { Written } from '../../../shared/aws/stream.ts';
import { NOTICES_PREFIX, PAGES } from '../table.ts';

/** An item of the table as the reactor of its stream reads it. */
export interface StreamItem {
  readonly part: string;
  readonly item: string;
}

/** The id of the page that a write concerns; undefined for a write that changes no page. */
export const pageOf = ({ after }: Written<StreamItem>): string | undefined => {
  const { part = '', item } = after ?? {};
  if (part === PAGES) return item;
  return part.startsWith(NOTICES_PREFIX) ? part.slice(NOTICES_PREFIX.length) : undefined;
};
