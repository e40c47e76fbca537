/**
 * The own property of a plain object under a name from outside; undefined for inherited names such as `constructor`. A collection
 * that grows by names from outside is a `Map`.
 */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
