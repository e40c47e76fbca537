import * as z from 'zod/mini';
import { own } from '../../../shared/kernel/own.ts';

/** One place in which two documents differ. What is not there on one side is null. */
export const Difference = z
  .object({
    /** RFC 6901. */
    pointer: z.string(),
    before: z.unknown(),
    after: z.unknown(),
  })
  .register(z.globalRegistry, { id: 'ConfigDifference' });
export type Difference = z.infer<typeof Difference>;

type Group = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Where two documents of JSON differ, in the order of their names. A list differs as a whole. */
export const differences = (before: unknown, after: unknown, at = ''): Difference[] => {
  if (isGroup(before) && isGroup(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((name) => differences(own(before, name), own(after, name), `${at}/${escaped(name)}`));
  }
  return JSON.stringify(before) === JSON.stringify(after)
    ? []
    : [{ pointer: at, before: before ?? null, after: after ?? null }];
};
