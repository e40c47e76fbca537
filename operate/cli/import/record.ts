import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Done } from '../configuration/carry-out.ts';
import type { Change, Plan } from '../configuration/plan.ts';
import { SINGLES, titleIn } from '../configuration/kinds.ts';
import type { State } from '../configuration/state.ts';
import { CommandError, EXIT } from '../console.ts';

/** What an import did to one installation, so that it can be taken back. It has no secrets. */
export interface ImportRecord {
  readonly vendor: string;
  readonly url: string;
  readonly done: readonly Done[];
}

/** The record of earlier imports; undefined where there is none. */
export const readRecord = (file: string): ImportRecord | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ImportRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CommandError(`${file} cannot be read: ${String(error)}`, {
      code: EXIT.usage,
      todo: 'Name the record with --record.',
    });
  }
};

export const writeRecord = (file: string, record: ImportRecord): void => {
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** The record with one more change. What was there before the first import is what an undo brings back. */
export const recorded = (record: ImportRecord, { secret: _, ...done }: Done): ImportRecord => {
  const before = record.done.find(
    (each) => each.section === done.section && each.key === done.key && each.id === done.id,
  );
  const merged: Done = before
    ? { ...before, version: done.version, overrides: [...before.overrides, ...done.overrides] }
    : done;
  return { ...record, done: [...record.done.filter((each) => each !== before), merged] };
};

export interface Undo {
  readonly plan: Plan;
  /** What people have changed since, and stays. */
  readonly stays: readonly string[];
}

/** What takes an import back: what it made is deleted, what it changed is as before, except what people have changed since. */
export const undoOf = ({ done }: ImportRecord, state: State): Undo => {
  const changes: Change[] = [];
  const stays: string[] = [];
  for (const { section, key, id, version, before } of [...done].reverse()) {
    const single = SINGLES.find((each) => each.section === section);
    if (single) {
      const present = state.singles.get(section);
      if (!present || present.version !== version) stays.push(section);
      else changes.push({ action: 'set', single, key, item: before ?? {}, version: present.version, lines: [] });
      continue;
    }
    const entry = state.entries.find((each) => each.kind.section === section && each.id === id);
    if (!entry) continue;
    const title = titleIn(entry.kind, key, entry.item);
    if (entry.version !== version) stays.push(title);
    else if (before === undefined) changes.push({ action: 'delete', kind: entry.kind, key, entry, lines: [] });
    else changes.push({ action: 'change', kind: entry.kind, key, item: before, entry, lines: [] });
  }
  return { plan: { changes, unchanged: 0, kept: [] }, stays };
};
