import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { STACKS, templatesOf, testedStages, type Resource, type Templates } from '../support/templates.ts';

/**
 * What holds data, or is known outside of its stage by a name or an address, with the properties whose change has CloudFormation make
 * another, empty one.
 */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::RestApi': [],
  'AWS::CloudFront::Distribution': [],
  'AWS::DynamoDB::Table': ['KeySchema', 'TableName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KMS::Key': ['KeySpec'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::S3::Bucket': [],
  'AWS::SNS::Topic': ['FifoTopic', 'TopicName'],
};

/** What is stateful, by its stack and logical id: its type, and what makes it what it is. */
type Baseline = Readonly<Record<string, string>>;

const isStateful = ({ Type, DeletionPolicy }: Resource): boolean =>
  Type in STATEFUL || (Type === 'AWS::SQS::Queue' && DeletionPolicy?.startsWith('Retain') === true);

const factsOf = ({ Type, Properties }: Resource, stage: string): string =>
  [
    Type,
    ...(STATEFUL[Type] ?? ['FifoQueue', 'QueueName']).flatMap((name) =>
      Properties[name] === undefined ? [] : [`${name} ${textOf(Properties[name]).replaceAll(stage, '<stage>')}`],
    ),
  ].join(', ');

/** Keys of a table by their names alone. */
const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(({ AttributeName }: { readonly AttributeName: string }) => AttributeName).join('+')
    : String(value);

const baselineOf = (templates: Templates, stage: string): Baseline =>
  Object.fromEntries(
    STACKS.flatMap((stack) =>
      Object.entries(templates[stack])
        .filter(([, resource]) => isStateful(resource))
        .map(([id, resource]) => [`${stack}/${id}`, factsOf(resource, stage)]),
    ),
  );

/** A sentence for each resource that is not as it is recorded: what would happen, and how it is changed on purpose. */
const differences = (recorded: Baseline, now: Baseline): readonly string[] =>
  [...new Set([...Object.keys(recorded), ...Object.keys(now)])].sort().flatMap((id) => {
    const [was, is] = [recorded[id], now[id]];
    if (was === is) return [];
    if (is === undefined)
      return [`${id} is gone: the next deployment leaves it behind with all that it holds. ${ON_PURPOSE}`];
    if (was === undefined) return [`${id} is new: add "${id}": ${JSON.stringify(is)} to test/infra/baseline.json`];
    return [`${id} was ${was}, and is ${is}: the next deployment makes an empty one. ${ON_PURPOSE}`];
  });

const ON_PURPOSE =
  'On purpose: change test/infra/baseline.json by hand, and say in CHANGELOG.md how an installation takes its data along (-c restored).';

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'baseline.json'), 'utf8')) as Baseline;
const made = new Map<string, Templates>();
beforeAll(async () => {
  for (const name of testedStages()) made.set(name, await templatesOf(name));
});

test.each(testedStages())(
  'no deployment of stage %s loses or replaces what holds data, or what people know',
  (name) => {
    const stage = STAGES[name] ?? expect.fail(name);
    const templates = made.get(name) ?? expect.fail(name);
    const wanted = Object.entries(recorded).filter(
      ([, facts]) =>
        (stage.customerManagedKey || !facts.startsWith('AWS::KMS::')) &&
        (stage.retainData || !facts.startsWith('AWS::SQS::')),
    );
    expect(differences(Object.fromEntries(wanted), baselineOf(templates, name))).toEqual([]);
  },
);

test('a table that goes, moves, or gets another key is named, with how it is changed on purpose', () => {
  const table = 'AWS::DynamoDB::Table, KeySchema ["pk"]';
  const before = { 'data/AlertsTable': table, 'data/AuthTable': table };
  const changes = (now: Baseline): readonly string[] => differences(before, now);
  expect(changes(before)).toEqual([]);
  expect(changes({ 'data/AlertsTable': table })).toEqual([
    expect.stringMatching(/^data\/AuthTable is gone.*On purpose/),
  ]);
  expect(changes({ ...before, 'data/AuthTable': `${table}2` })).toEqual([expect.stringMatching(/makes an empty one/)]);
  expect(changes({ 'data/AlertsTable': table, 'app/AuthTable': table })).toEqual([
    expect.stringMatching(/^app\/AuthTable is new/),
    expect.stringMatching(/^data\/AuthTable is gone/),
  ]);
});
