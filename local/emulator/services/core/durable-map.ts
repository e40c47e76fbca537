import {
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

type Entry<T> = readonly ['put', string, T] | readonly ['patch', string, Partial<T>] | readonly ['delete', string];

export interface DurableMap<T extends object> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  /** In order of first insertion. */
  values(): IterableIterator<T>;
  entries(): IterableIterator<[string, T]>;
  readonly size: number;
  put(key: string, value: T): void;
  /** Merges into an existing value; a key that is absent stays absent. */
  patch(key: string, change: Partial<T>): void;
  delete(key: string): void;
  clear(): void;
  close(): void;
}

const compactAfter = 2_000;
const syncEveryMs = 50;

/**
 * A map that outlives the process: every change is one line in an append-only journal, handed to the operating system
 * before the call returns, so a killed process finds it again. Against a power cut it is synced within 50 ms.
 * A line that was cut off half-way is dropped at the next start. Without a file the map is in memory only.
 */
export function openDurableMap<T extends object>(file: string | undefined, mode = 0o644): DurableMap<T> {
  const values = new Map<string, T>();
  if (!file)
    return mapOver(
      values,
      () => undefined,
      () => undefined,
    );

  mkdirSync(dirname(file), { recursive: true });
  let lines = existsSync(file) ? replay(file, values) : 0;
  let descriptor = openSync(file, 'a', mode);
  let syncTimer: NodeJS.Timeout | undefined;
  let closed = false;
  if (lines > values.size) compact();

  function append(entry: Entry<T>): void {
    if (closed) return;
    writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    lines += 1;
    if (lines > compactAfter && lines > values.size * 4) compact();
    syncTimer ??= setTimeout(() => {
      syncTimer = undefined;
      if (!closed) fsync(descriptor, () => undefined);
    }, syncEveryMs).unref();
  }

  function compact(): void {
    const next = `${file}.next`;
    const nextDescriptor = openSync(next, 'w', mode);
    for (const [key, value] of values) writeSync(nextDescriptor, `${JSON.stringify(['put', key, value])}\n`);
    fsyncSync(nextDescriptor);
    renameSync(next, file as string);
    closeSync(descriptor);
    descriptor = nextDescriptor;
    lines = values.size;
  }

  return mapOver(values, append, () => {
    if (closed) return;
    clearTimeout(syncTimer);
    fsyncSync(descriptor);
    closed = true;
    closeSync(descriptor);
  });
}

function mapOver<T extends object>(
  values: Map<string, T>,
  append: (entry: Entry<T>) => void,
  close: () => void,
): DurableMap<T> {
  const remove = (key: string) => {
    if (values.delete(key)) append(['delete', key]);
  };
  return {
    get: (key) => values.get(key),
    has: (key) => values.has(key),
    values: () => values.values(),
    entries: () => values.entries(),
    get size() {
      return values.size;
    },
    put(key, value) {
      values.set(key, value);
      append(['put', key, value]);
    },
    patch(key, change) {
      const value = values.get(key);
      if (!value) return;
      Object.assign(value, change);
      append(['patch', key, change]);
    },
    delete: remove,
    clear() {
      for (const key of [...values.keys()]) remove(key);
    },
    close,
  };
}

// Answers the number of lines; cuts off a last line that was not written to its end, so that the next append starts a
// line of its own.
function replay<T extends object>(file: string, values: Map<string, T>): number {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) {
    const descriptor = openSync(file, 'r+');
    ftruncateSync(descriptor, end);
    closeSync(descriptor);
  }
  const lines = bytes.subarray(0, end).toString('utf8').split('\n');
  let count = 0;
  for (const line of lines) {
    if (line === '') continue;
    count += 1;
    const [operation, key, value] = JSON.parse(line) as Entry<T>;
    if (operation === 'put') values.set(key, value);
    else if (operation === 'delete') values.delete(key);
    else Object.assign(values.get(key) ?? {}, value);
  }
  return count;
}
