import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CommandError, EXIT } from '../console.ts';
import { isFields, isList, type Fields, type Value } from '../configuration/value.ts';

/**
 * What was exported, by kind: each value is a list, or an answer of the old system's API that has one. What belongs to something
 * else, such as the overrides of a schedule, is by its id.
 */
export type Export = Readonly<Record<string, Value | undefined>>;

/** Reads a file of an export, or a directory with a file for each kind; `overrides/<id>.json` belongs to a schedule. */
export const readExport = (path: string): Export => {
  try {
    if (statSync(path).isFile()) {
      const whole: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (!isFields(whole)) throw new Error('it is no object of kinds');
      return whole;
    }
    const found: Record<string, Value> = {};
    for (const file of globSync('{*,*/*}.json', { cwd: path }).sort()) {
      const value = JSON.parse(readFileSync(join(path, file), 'utf8')) as Value;
      const [kind, name] = [dirname(file), basename(file, '.json')];
      if (kind === '.') found[name] = value;
      else found[kind] = { ...(found[kind] as Fields | undefined), [name]: value };
    }
    if (Object.keys(found).length === 0) throw new Error('it has no .json file');
    return found;
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      code: EXIT.usage,
      todo: 'docs/moving-in.md says what an export has.',
    });
  }
};

/** The list in an answer: it may stand in a field, or in a field of `data`. */
export const listIn = (value: Value | undefined, ...fields: readonly string[]): readonly Fields[] => {
  if (isList(value)) return value.filter(isFields);
  if (!isFields(value)) return [];
  for (const field of [...fields, 'data', 'items', 'results', 'nodes']) {
    if (field in value) return listIn(value[field], ...fields);
  }
  return [];
};

/** The list that belongs to something by its id. */
export const listOf = (value: Value | undefined, id: string, ...fields: readonly string[]): readonly Fields[] =>
  isFields(value) && Object.hasOwn(value, id) ? listIn(value[id], ...fields) : [];

export const text = (value: Value | undefined): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
export const optional = (value: Value | undefined): string | undefined => text(value) || undefined;
export const number = (value: Value | undefined, otherwise: number): number =>
  Number.isFinite(Number(value ?? NaN)) ? Number(value) : otherwise;
export const within = (value: Value | undefined): Fields => (isFields(value) ? value : {});
