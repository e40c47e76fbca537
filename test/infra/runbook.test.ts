import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesise } from '../../local/synthesise.ts';

const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'tocsin-runbook-'));
let alarms: readonly { readonly AlarmDescription: string; readonly AlarmActions: readonly unknown[] }[];

beforeAll(async () => {
  const outdir = join(directory, 'cdk.out');
  await synthesise({ root, stage: 'prod', outdir });
  const template = JSON.parse(readFileSync(join(outdir, 'Tocsin-prod-observability.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: never }>;
  };
  alarms = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => Properties);
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('every alarm is published, and names a heading of the runbook that exists', () => {
  const headings = new Set(
    [...readFileSync(join(root, 'docs/runbook.md'), 'utf8').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading),
  );
  expect(alarms.length).toBeGreaterThan(30);
  const named = new Set<string>();
  for (const { AlarmDescription, AlarmActions } of alarms) {
    const heading = /docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1] ?? '';
    expect(headings, AlarmDescription).toContain(heading);
    expect(AlarmActions).toHaveLength(1);
    named.add(heading);
  }
  expect([...headings].filter((heading) => !named.has(heading ?? ''))).toEqual([]);
});
