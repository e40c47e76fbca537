import type { Table } from '../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../shared/kernel/page.ts';
import { LISTING_INDEX } from './table.ts';

/** A page of the items of a listing, oldest first. An item that was deleted a moment ago is left out. */
export const pageOfListing = async <T>(auth: Table, listing: string, request: PageRequest): Promise<Page<T>> => {
  const { items, next } = await auth.page<{ readonly pk: string; readonly sk: string }>(
    { index: LISTING_INDEX, where: '#listing = :listing', values: { listing } },
    request,
  );
  return { items: await auth.many<T>(items.map(({ pk, sk }) => ({ pk, sk }))), next };
};
