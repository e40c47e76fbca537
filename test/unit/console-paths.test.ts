import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { surface } from '../../infra/surface.ts';
import { repository } from '../support/tools/paths.ts';

/** The first part of a path, by which the edge tells the API from the console. */
const first = (path: string): string => path.replace(/^\//, '').split('/')[0] ?? '';

test('no page of the console has a path that the API serves on the same host', () => {
  const text = readFileSync(join(repository, 'web/src/pages.tsx'), 'utf8');
  const pages = new Set([...text.matchAll(/<Route path="([\w-][^"]*)"/g)].map(([, path = '']) => first(path)));
  const served = new Set(surface().map(({ path }) => first(path)));
  expect(pages.size).toBeGreaterThan(8);
  expect([...pages].filter((page) => served.has(page))).toEqual([]);
});
