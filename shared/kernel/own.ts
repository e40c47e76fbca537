/**
 * What a plain object holds itself under a name from outside; undefined for what every object has, such as `constructor`. A
 * collection that grows by names from outside is a `Map`.
 */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
