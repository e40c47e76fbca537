import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ofType, templatesOf } from '../support/templates.ts';
import { repository } from '../support/tools/paths.ts';

let alarms: readonly { readonly AlarmDescription: string; readonly AlarmActions: readonly unknown[] }[];

beforeAll(async () => {
  const templates = await templatesOf('prod');
  alarms = ofType(templates, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties as never);
});

test('every alarm is published to operators and to subscribers of alerts, and names a heading of the runbook that exists', () => {
  const headings = new Set(
    [...readFileSync(join(repository, 'docs/runbook.md'), 'utf8').matchAll(/^## (.+)$/gm)].map(
      ([, heading]) => heading,
    ),
  );
  expect(alarms.length).toBeGreaterThan(10);
  const named = new Set<string>();
  for (const { AlarmDescription, AlarmActions } of alarms) {
    const heading = /docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1] ?? '';
    expect(headings, AlarmDescription).toContain(heading);
    expect(JSON.stringify(AlarmActions)).toMatch(/OperatorsTopic.*AlertsTopic/);
    expect(AlarmActions).toHaveLength(2);
    named.add(heading);
  }
  expect([...headings].filter((heading) => !named.has(heading ?? ''))).toEqual([]);
});
