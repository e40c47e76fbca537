import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Inspected } from '../../shared/aws/inspected.ts';
import { readAssembly } from '../../local/emulator/assembly.ts';
import type { Assembly, Resource } from '../../local/emulator/types.ts';
import { stagesAssembly } from '../support/templates.ts';
import { repository } from '../support/tools/paths.ts';

let assembly: Assembly;
let alarms: ReadonlyMap<string, Resource>;
let inspected: Inspected;

beforeAll(async () => {
  const { directory, remove } = await stagesAssembly();
  assembly = readAssembly(directory, 'prod');
  remove();
  alarms = new Map(assembly.byType('AWS::CloudWatch::Alarm').map((alarm) => [nameOf(alarm), alarm]));
  inspected = JSON.parse(variableOf('health-inspect', 'INSPECTED')) as Inspected;
});

const nameOf = ({ logicalId }: Resource): string => logicalId.replace(/^Watch(.*)[0-9A-F]{8}$/, '$1');

const variablesOf = ({ properties }: Resource): Record<string, string> =>
  (properties['Environment'] as { Variables: Record<string, string> } | undefined)?.Variables ?? {};
/** Those of ours: the CDK adds one that puts files into a bucket while it deploys. */
const functions = () =>
  assembly.byType('AWS::Lambda::Function').filter((fn) => 'POWERTOOLS_SERVICE_NAME' in variablesOf(fn));
const functionNamed = (name: string): Resource =>
  functions().find((fn) => variablesOf(fn)['POWERTOOLS_SERVICE_NAME'] === name) ?? expect.fail(name);
const variableOf = (fn: string, name: string): string => variablesOf(functionNamed(fn))[name] ?? '';

/**
 * What can fail, the alarm that rings for it, and the test that plays it. A failure that is found by the code or the
 * inspection is played by the test that is named; AWS itself counts the others.
 */
const FAILURES: readonly (readonly [failure: string, alarm: string, played?: string])[] = [
  ['a scheduled function fails or times out', 'FunctionFaults', 'integration/health/inspection'],
  ['a reader of a stream or a queue crashes each time', 'FunctionFaults', 'integration/health/inspection'],
  ['a function is throttled', 'FunctionFaults', 'integration/health/inspection'],
  ['a reader is behind its stream', 'LateSeconds', 'unit/aws/observe'],
  ['a record of a stream fails again and again', 'LateSeconds', 'unit/aws/observe'],
  ['a message of a queue fails again and again', 'LateSeconds', 'unit/aws/observe'],
  ['nothing reads a queue', 'LateSeconds', 'integration/health/inspection'],
  ['a message failed too often', 'DeadLetters', 'integration/health/inspection'],
  ['a record or a message can never succeed', 'DeadLetters', 'unit/aws/observe'],
  ['a topic could not deliver to a queue', 'DeadLetters', 'integration/health/inspection'],
  ['writes of a table are refused', 'RefusedWrites', 'unit/aws/observe'],
  ['an index of a table is hot', 'RefusedWrites', 'unit/aws/observe'],
  ['wake-ups of escalations are lost', 'LatePages', 'unit/paging/report-repairs'],
  ['escalations are missing or wrong', 'LatePages', 'unit/paging/report-repairs'],
  ['policies reach nobody', 'UnreachedAlerts', 'unit/paging/report-repairs'],
  ['the API answers with server errors', 'ApiFaults'],
  ['the cheaper address answers with server errors', 'IngestFaults'],
  ['the API is slow', 'ApiLatency'],
  ['a subscriber is not reached', 'DeliveryFailures'],
  ['texts have cost nearly all that they may', 'SmsSpend'],
  ['texts are not delivered', 'SmsFailures'],
  ['the tick of alerts does not run', 'FunctionFaults', 'integration/health/inspection'],
  ['monitors are not handed out', 'FunctionFaults', 'integration/health/inspection'],
  ['the auditor does not run', 'FunctionFaults', 'integration/health/inspection'],
  ['the inspection does not run', 'InspectionMissing'],
  ['the inspection fails', 'InspectionMissing'],
];

describe('alarms', () => {
  test.each(FAILURES.map(([failure, alarm, played]) => ({ failure, alarm, played })))(
    '$failure: $alarm rings',
    ({ alarm, played }) => {
      expect([...alarms.keys()]).toContain(alarm);
      const properties = alarms.get(alarm)?.properties ?? {};
      expect(properties['AlarmActions']).toHaveLength(2);
      expect(String(properties['AlarmDescription'])).toMatch(/docs\/runbook\.md#[a-z-]+$/);
      if (played === undefined) {
        expect(properties['Namespace']).toMatch(/^AWS\//);
        return;
      }
      expect(properties['Namespace']).toBe('Tocsin/prod');
      // The test that plays it sees the metric of the alarm.
      const text = readFileSync(join(repository, 'test', `${played}.test.ts`), 'utf8');
      expect(text).toContain(String(properties['MetricName']));
    },
  );

  test('ring when the inspection does not run, as when each of its runs fails, which Lambda counts as no errors and as some', () => {
    expect(alarms.get('InspectionMissing')?.properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'breaching',
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
    });
  });

  test('ring for nothing else, and are few', () => {
    expect([...alarms.keys()].sort()).toEqual([...new Set(FAILURES.map(([, alarm]) => alarm))].sort());
    expect(alarms.size).toBeLessThanOrEqual(13);
  });
});

describe('the inspection', () => {
  const queueNames = (isRead: boolean) =>
    assembly
      .byType('AWS::SQS::Queue')
      .filter(({ properties }) => (properties['RedrivePolicy'] !== undefined) === isRead)
      .map(({ arn }) => arn.split(':').at(-1) ?? '')
      .sort();

  test('looks at every queue that a function reads, and at every queue of dead letters', () => {
    expect(inspected.queues.map(({ name }) => name).sort()).toEqual(queueNames(true));
    expect([...inspected.deadLetters].sort()).toEqual(queueNames(false));
    expect(inspected.deadLetters.length).toBeGreaterThan(5);
  });

  test('looks at every function, but at those of the API, whose errors the gateway counts, of deployments, and at itself', () => {
    const scheduled = assembly
      .byType('AWS::Events::Rule')
      .flatMap(({ properties }) => (properties['Targets'] as { Arn: string }[]).map(({ Arn }) => assembly.find(Arn)));
    const readers = assembly
      .byType('AWS::Lambda::EventSourceMapping')
      .map(({ properties }) => assembly.find(String(properties['FunctionName'])));
    // Others hand work to these.
    const workers = assembly
      .byType('AWS::Lambda::EventInvokeConfig')
      .filter(({ properties }) => properties['DestinationConfig']?.OnFailure !== undefined)
      .map(({ properties }) => assembly.find(String(properties['FunctionName'])));
    const names = (found: readonly (Resource | undefined)[]) =>
      [...new Set(found.map((fn) => fn?.physicalId ?? expect.fail('there is no such function')))].sort();
    const own = functionNamed('health-inspect').physicalId;
    expect([...inspected.scheduled].sort()).toEqual(names(scheduled).filter((name) => name !== own));
    expect([...inspected.readers].sort()).toEqual(names([...readers, ...workers]));
    const everyMinute = ['alerts-tick', 'health-tick', 'paging-audit'].map(functionNamed);
    expect([...inspected.everyMinute].sort()).toEqual(names(everyMinute));
    const served = assembly
      .byType('AWS::Lambda::Permission')
      .filter(({ properties }) => properties['Principal'] === 'apigateway.amazonaws.com')
      .map(({ properties }) => assembly.find(String(properties['FunctionName'])));
    const deploying = assembly
      .byType('Custom::StageValues')
      .map(({ properties }) => assembly.find(String(properties['ServiceToken'])));
    const all = names([...scheduled, ...readers, ...workers, ...served, ...deploying]);
    expect(all).toEqual(names(functions()));
  });

  test('has an environment that fits the 4 KB of a function, with names of AWS', () => {
    // CloudFormation names a resource after its stack and logical id, with at most thirteen characters, and a function in 64 at most.
    const onAws = (name: string): number => {
      const { stack, logicalId, type } = assembly.find(name) ?? expect.fail(name);
      const length = `${stack}-${logicalId}-`.length + 13;
      return type === 'AWS::Lambda::Function' ? Math.min(length, 64) : length;
    };
    const { queues, deadLetters, scheduled, everyMinute, readers } = inspected;
    const names = [...queues.map(({ name }) => name), ...deadLetters, ...scheduled, ...everyMinute, ...readers];
    const longer = names.reduce((sum, name) => sum + onAws(name) - name.length, 0);
    const variables = Object.entries(variablesOf(functionNamed('health-inspect')))
      .flat()
      .join('').length;
    expect(variables + longer).toBeLessThan(4_000);
  });
});
