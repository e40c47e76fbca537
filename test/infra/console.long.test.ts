import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { consoleFiles } from '../../infra/console.ts';

test('the console is built for production, also where a test runner builds it first', () => {
  const files = consoleFiles();
  const scripts = globSync('assets/*.js', { cwd: files }).map((name) => readFileSync(join(files, name), 'utf8'));
  expect(scripts.length).toBeGreaterThan(1);
  // React says this in words in a build for development, and by a number in one for production.
  expect(scripts.filter((script) => script.includes('Invalid hook call'))).toEqual([]);
  expect(scripts.filter((script) => script.includes('react.dev/errors'))).not.toEqual([]);
});
