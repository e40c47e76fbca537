import { expect, test } from 'vitest';
import { capability, openerFor, type Opened } from '../../../shared/kernel/capability.ts';
import type { Grants, Manifest } from '../../../shared/kernel/grant.ts';

const GRANTS = {
  read: { name: 'things.read', tables: [{ env: 'ALERTS_TABLE', actions: ['GetItem'] }] },
  write: { name: 'things.write', tables: [{ env: 'ALERTS_TABLE', actions: ['PutItem'] }] },
} as const satisfies Grants;
const MANIFEST = {
  reader: [GRANTS.read],
  writer: [GRANTS.read, GRANTS.write],
} as const satisfies Manifest;

const thingReader = capability(GRANTS.read, () => (id: string) => `thing ${id}`);
const thingWriter = capability(GRANTS.write, () => 'pen');

test('a function opens each capability whose grant its manifest lists', () => {
  const read: Opened<typeof thingReader> = openerFor(MANIFEST.reader)(thingReader);
  expect(read('42')).toBe('thing 42');
  expect(openerFor(MANIFEST.writer)(thingWriter)).toBe('pen');
});

test('what several functions share opens only capabilities that each of them may use', () => {
  expect(openerFor(MANIFEST.writer, MANIFEST.reader)(thingReader)('7')).toBe('thing 7');
});

test('a forgotten grant does not compile', () => {
  // @ts-expect-error -- the manifest of the reader does not list the grant.
  openerFor(MANIFEST.reader)(thingWriter);
  // @ts-expect-error -- one of the two may not write.
  openerFor(MANIFEST.writer, MANIFEST.reader)(thingWriter);
  // @ts-expect-error -- a capability is opened by an opener alone.
  expect(thingReader.open).toBeUndefined();
});

test('a capability carries its grant, and nothing runs before it is opened', () => {
  let ran = 0;
  const lazy = capability(GRANTS.read, () => ++ran);
  expect([lazy.grant, ran]).toEqual([GRANTS.read, 0]);
  expect(openerFor(MANIFEST.reader)(lazy)).toBe(1);
});
