import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  /** A package of this repository, under its licence. */
  readonly link?: boolean;
}

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** They ask for no more than that their text stays with the code. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
]);
/** Fine for tools that are neither changed nor deployed. */
const TOOLS = new Set([...PERMISSIVE, 'MPL-2.0', 'PSF-2.0', 'Python-2.0']);

/** An SPDX expression whose operators are all `OR`: one of its licences has to be among those. */
const isAllowed = (expression: string, allowed: ReadonlySet<string>): boolean =>
  expression
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((licence) => allowed.has(licence));

const refused = (isTool: boolean, allowed: ReadonlySet<string>): readonly string[] =>
  Object.entries(lock.packages)
    .filter(([path, { dev = false, link = false }]) => path !== '' && !link && dev === isTool)
    .filter(([, { license = 'none' }]) => !isAllowed(license, allowed))
    .map(([path, { license = 'none' }]) => `${path}: ${license}`);

test('a package that is deployed has a permissive licence', () => {
  expect(refused(false, PERMISSIVE)).toEqual([]);
});

test('a package that builds or tests has a licence that binds nobody who does not change it', () => {
  expect(refused(true, TOOLS)).toEqual([]);
});

test('a licence that binds, an unknown one and none are refused, and one of several is enough', () => {
  const licences = ['GPL-3.0-or-later', 'UNLICENSED', 'none', 'MIT AND GPL-2.0-only', '(MIT OR GPL-3.0-or-later)'];
  expect(licences.map((each) => isAllowed(each, PERMISSIVE))).toEqual([false, false, false, false, true]);
});
