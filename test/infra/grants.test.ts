import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { ContextTable } from '../../infra/constructs/context-table.ts';
import { Grants } from '../../infra/constructs/grants.ts';
import { TocsinFunction } from '../../infra/constructs/tocsin-function.ts';
import type { Grant, Manifest } from '../../shared/kernel/grant.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

const stage = STAGES['dev'] ?? expect.fail('there is no stage dev');
const made = (manifest: Manifest) => {
  const stack = new Stack(new App(), 'Granted');
  const table = new ContextTable(stack, 'Things', {
    stage,
    encryptionKey: undefined,
    env: 'ALERTS_TABLE',
    shape: { hash: 'slot', range: 'item', auditEvents: 'none' },
  });
  const grants = new Grants(manifest, {
    tables: { ALERTS_TABLE: table },
    queues: {},
    functions: {},
    buckets: {},
    settings: { ALERT_RETENTION_DAYS: '7' },
  });
  const bundles = { names: ['reader'], directory: () => temporaryDirectory('bundle') };
  const fn = new TocsinFunction(stack, 'Reader', { stage, bundles, name: 'reader', description: 'Reads' });
  return { stack, grants, fn };
};

const read = (more: Partial<Grant['tables'] extends readonly (infer T)[] | undefined ? T : never> = {}): Grant => ({
  name: 'things.read',
  tables: [{ env: 'ALERTS_TABLE', actions: ['GetItem'], ...more }],
  settings: ['ALERT_RETENTION_DAYS'],
});

test.each([
  ['the whole table', {}, undefined],
  [
    'partitions',
    { leadingKeys: ['A', 'B'] },
    { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['A', 'B'] }, Null: { 'dynamodb:LeadingKeys': 'false' } },
  ],
  [
    'partitions by pattern',
    { leadingKeys: ['A', 'B#*'] },
    { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['A', 'B#*'] }, Null: { 'dynamodb:LeadingKeys': 'false' } },
  ],
  [
    'attributes of partitions',
    { leadingKeys: ['A'], attributes: ['id'] },
    {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['A'], 'dynamodb:Attributes': ['id'] },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
    },
  ],
])('a function gets the permission and the variables of its entry in the manifest: %s', (_, narrowed, condition) => {
  const { stack, grants, fn } = made({ reader: [read(narrowed)] });
  grants.giveTo(fn);
  grants.assertComplete();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: 'dynamodb:GetItem', Condition: condition ?? Match.absent() }),
      ]),
    },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ ALERTS_TABLE: Match.anyValue(), ALERT_RETENTION_DAYS: '7' }) },
  });
});

test('the synthesis fails for an entry that no function is given', () => {
  const { grants } = made({ reader: [read()] });
  expect(() => grants.assertComplete()).toThrow('what their manifest lists: reader');
});

test('the synthesis fails for a function without an entry', () => {
  const { grants, fn } = made({});
  expect(() => grants.giveTo(fn)).toThrow('No manifest has an entry for the function reader');
});

test('the synthesis fails for a grant on something that no context offers', () => {
  const { grants, fn } = made({ reader: [{ name: 'things.send', queues: ['SPILL_QUEUE'] }] });
  expect(() => grants.giveTo(fn)).toThrow('No context offers SPILL_QUEUE');
});
