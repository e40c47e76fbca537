import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceMap } from 'node:module';
import { expect, test } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { madeBundles } from '../support/made-bundles.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

test('source maps lead from the code that is deployed to its source, and are not deployed themselves', async () => {
  const deployed = await madeBundles();
  const mapped = temporaryDirectory('source-maps');
  const { names } = bundleFunctions(mapped, { sourceMaps: true });
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) {
    const code = readFileSync(join(mapped, name, 'index.js'), 'utf8');
    expect(code === readFileSync(join(deployed.directory, name, 'index.js'), 'utf8'), name).toBe(true);
    expect(existsSync(join(deployed.directory, name, 'index.js.map'))).toBe(false);
  }
  const code = readFileSync(join(mapped, 'paging-work', 'index.js'), 'utf8').split('\n');
  const map = new SourceMap(
    JSON.parse(readFileSync(join(mapped, 'paging-work', 'index.js.map'), 'utf8')) as ConstructorParameters<
      typeof SourceMap
    >[0],
  );
  const line = code.findIndex((text) => text.includes('record set aside') || text.includes('DynamoDB refuses writes'));
  const column = code[line]?.indexOf('DynamoDB refuses writes') ?? 0;
  expect(map.findEntry(line, column)).toMatchObject({
    originalSource: expect.stringContaining('shared/aws/stage-metrics.ts') as string,
  });
  deployed.remove();
}, 60_000);
