import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readAssembly, type CloudAssembly } from '../../../local/emulator/assembly.ts';
import { fixtureAssembly } from '../../support/fixture-assembly.ts';

describe('a synthesised assembly', () => {
  let directory: string;
  let assembly: CloudAssembly;
  const variables = (): Record<string, string> =>
    assembly.find('Fixture-test-echo')?.properties['Environment'].Variables;

  beforeAll(async () => {
    directory = await fixtureAssembly();
    assembly = readAssembly(directory, 'test');
  }, 60_000);

  test('names what a template leaves unnamed the same way in every run', () => {
    const again = readAssembly(directory, 'test');
    expect(again.resources).toEqual(assembly.resources);
    expect(assembly.byType('AWS::DynamoDB::Table')[0]?.physicalId).toMatch(/^Fixture-test-data-Things/);
  });

  test('carries values across stacks', () => {
    const table = assembly.byType('AWS::DynamoDB::Table')[0];
    expect(variables()['TABLE']).toBe(table?.physicalId);
    expect(variables()['QUEUE_URL']).toMatch(/^https:\/\/sqs\.eu-central-1\.amazonaws\.com\/0{12}\/.*\.fifo$/);
  });

  test('answers mappings, conditions, selections, substitutions and encodings', () => {
    const queue = variables()['QUEUE_URL']?.split('/').at(-1);
    expect(variables()['FACTS']).toBe(`1024|europe|b|eA==|eu-central-1/${queue}/\${Literal}`);
  });

  test('leaves out a resource whose condition is false', () => {
    expect(assembly.resources.map((each) => each.logicalId)).not.toContain('Skipped');
  });

  test('reads nested stacks with the parameters that their parent gives', () => {
    const inner = assembly.byType('AWS::SQS::Queue').find((each) => each.logicalId.startsWith('InnerQueue'));
    expect(inner?.physicalId).toMatch(/\/inner-Fixture-test-data-Things/);
  });

  test('finds a resource by name, by ARN and by the URL of a local endpoint', () => {
    const work = assembly.byType('AWS::SQS::Queue').find((each) => each.logicalId.startsWith('Work'));
    const queueName = work?.physicalId.split('/').at(-1);
    expect(assembly.find(work?.arn ?? '')).toBe(work);
    expect(assembly.find(`http://127.0.0.1:4000/000000000000/${queueName}`)).toBe(work);
    expect(assembly.find('fixture/test/login')?.type).toBe('AWS::SecretsManager::Secret');
    const echo = assembly.find('Fixture-test-echo');
    expect(assembly.find(`${echo?.arn}:live`)).toBe(echo);
    const table = assembly.byType('AWS::DynamoDB::Table')[0];
    expect(assembly.find(`${table?.arn}/stream/2025-01-01T00:00:00.000`)).toBe(table);
  });

  test('knows where the code of a function lies', () => {
    const key = assembly.find('Fixture-test-echo')?.properties['Code'].S3Key;
    expect(readFileSync(join(assembly.assetPath(key) ?? '', 'index.js'), 'utf8')).toContain('exports.handler');
  });

  test('refuses a stage that no stack belongs to, and says which stacks there are', () => {
    expect(() => readAssembly(directory, 'prod')).toThrow(/No stack of stage prod.*Fixture-test-app/);
  });

  test('refuses an intrinsic function that it does not know, by name', () => {
    const copy = mkdtempSync(join(tmpdir(), 'unknown-intrinsic-'));
    cpSync(directory, copy, { recursive: true });
    const file = join(copy, 'Fixture-test-app.template.json');
    const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, unknown> };
    template.Resources['Odd'] = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: { 'Fn::Cidr': ['a', 1, 2] } } };
    writeFileSync(file, JSON.stringify(template));
    expect(() => readAssembly(copy, 'test')).toThrow(/Fixture-test-app.*Fn::Cidr/);
  });
});
