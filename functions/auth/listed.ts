import type { Table } from '../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../shared/kernel/page.ts';
import { LISTING_INDEX } from './table.ts';

/** The keys of a page of a listing, by age. */
export const listed = (auth: Table, listing: string, request: PageRequest): Promise<Page<{ pk: string; sk: string }>> =>
  auth.page({ index: LISTING_INDEX, where: '#listing = :listing', values: { listing } }, request);
