import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeOnce } from './made-once.ts';

const OUT = 'cdk.out';

/** A copy of the assembly of the fixture application (`fixture-app.ts`), in a directory of its own. */
export const fixtureAssembly = async (): Promise<string> => {
  const { directory, remove } = await madeOnce('fixture', async (home) => {
    // The library of the CDK takes seconds to load, so only the file that makes the assembly loads it.
    const { synthesiseFixture } = await import('./fixture-app.ts');
    synthesiseFixture(join(home, OUT));
  });
  const copy = mkdtempSync(join(tmpdir(), 'fixture-cdk-'));
  cpSync(join(directory, OUT), copy, { recursive: true });
  remove();
  return copy;
};
