import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openDurableMap } from '../../../local/emulator/services/core/durable-map.ts';

const directories: string[] = [];
afterEach(() => directories.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true })));

function file(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-journal-'));
  directories.push(directory);
  return join(directory, 'journal.jsonl');
}

interface Item {
  readonly n: number;
  readonly note?: string;
}

test('what was put, changed and deleted is there for a reader that comes before any close', () => {
  const path = file();
  const writer = openDurableMap<Item>(path);
  writer.put('a', { n: 1 });
  writer.put('b', { n: 2 });
  writer.put('c', { n: 3 });
  writer.patch('b', { note: 'changed' });
  writer.delete('a');
  const reader = openDurableMap<Item>(path);
  expect([...reader.entries()]).toEqual([
    ['b', { n: 2, note: 'changed' }],
    ['c', { n: 3 }],
  ]);
  writer.close();
  reader.close();
});

test('a line that was cut off half-way is dropped, and what is put afterwards is kept', () => {
  const path = file();
  const first = openDurableMap<Item>(path);
  first.put('a', { n: 1 });
  first.close();
  appendFileSync(path, '["put","b",{"n"');
  const second = openDurableMap<Item>(path);
  expect([...second.entries()]).toEqual([['a', { n: 1 }]]);
  second.put('c', { n: 3 });
  second.close();
  const third = openDurableMap<Item>(path);
  expect([...third.values()]).toEqual([{ n: 1 }, { n: 3 }]);
  third.close();
});

test('the journal does not grow with the number of changes', () => {
  const path = file();
  const map = openDurableMap<Item>(path);
  for (let n = 0; n < 10_000; n++) map.put('a', { n });
  map.close();
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(2_010);
  const again = openDurableMap<Item>(path);
  expect([...again.values()]).toEqual([{ n: 9_999 }]);
  again.close();
});

test('a journal for its owner only stays so when it is compacted', () => {
  const path = file();
  const map = openDurableMap<Item>(path, 0o600);
  for (let n = 0; n < 3_000; n++) map.put('a', { n });
  map.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
