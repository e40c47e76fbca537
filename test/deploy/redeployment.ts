import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { logIn, logInFirst, tocsinClient } from '../../operate/tocsin-client.ts';
import { run } from '../support/tools/child.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import { accountOf } from './account.ts';
import type { Cdk } from './cdk.ts';
import type { Emulator } from './emulator.ts';
import baseline from '../infra/baseline.json' with { type: 'json' };
import { FAILED_VERSION, RETIRED } from './retired.ts';

const STACKS = ['data', 'app', 'api', 'observability'] as const;
/** Names of the stacks of a stage. */
export const stacksOf = (stage: string): readonly string[] => STACKS.map((name) => `Tocsin-${stage}-${name}`);

const POLICY = 'Known before the API went';

const isTable = (id: string): boolean => id.endsWith('Table');
/** What a deployment takes over of a stage that was destroyed, as the baseline of the templates has it, but for the edge. */
const KEPT = Object.keys(baseline).flatMap((id) => /^data\/(?!Edge)(\w+(?:Table|Key|Bucket))$/.exec(id)?.[1] ?? []);

/** What must hold of deployments that follow each other in one account. `password` is the one that the administrator of dev has chosen. */
export const redeployment = (emulator: Emulator, cdk: Cdk, password: string) => {
  const { environment, endpoint, region } = emulator;
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const [formation, dynamo, lambda] = [
    new CloudFormationClient(settings),
    new DynamoDBClient(settings),
    new LambdaClient(settings),
  ];
  const resourcesOf = async (stage: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const StackName of stacksOf(stage)) {
      for await (const { StackResourceSummaries = [] } of paginateListStackResources(
        { client: formation },
        { StackName },
      ))
        found.push(...StackResourceSummaries.map((each) => `${each.LogicalResourceId} ${each.PhysicalResourceId}`));
    }
    return found.sort();
  };
  const dev = accountOf(emulator);
  let machineKey = '';
  let firstApi = '';

  /** The meter that the deployed authorizer names for a call of `GET /api/auth/me`, which the gateway must know. */
  const meterOf = async (authorizationToken: string): Promise<string> => {
    const [, name] =
      (await resourcesOf('dev'))
        .map((each) => each.split(' '))
        .find(([id = '']) => /^Authauthauthorizer.*Function[0-9A-F]{8}$/.test(id)) ?? [];
    const methodArn = `arn:aws:execute-api:${region}:000000000000:${await dev.apiId()}/dev/GET/api/auth/me`;
    const { Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName: name,
        Payload: JSON.stringify({ type: 'TOKEN', authorizationToken, methodArn }),
      }),
    );
    const { usageIdentifierKey = '' } = JSON.parse(Buffer.from(Payload ?? []).toString() || '{}') as {
      readonly usageIdentifierKey?: string;
    };
    return usageIdentifierKey;
  };
  const call = async (authorization: string): Promise<string> => {
    return (await tocsinClient(await dev.apiUrl(), { authorization }).get<{ readonly name: string }>('/api/auth/me'))
      .name;
  };

  const nextVersion: readonly Guarantee[] = [
    {
      title:
        'a table, a queue and a function that an earlier version had go in one deployment, though later stacks named them',
      check: async () => {
        const before = (await resourcesOf('dev')).filter((each) => each.includes(RETIRED));
        ok(before.length > 5, `the earlier version had ${before.join(', ')}`);
        deepStrictEqual([...(await cdk.deploy())].sort(), [...stacksOf('dev')].sort());
        deepStrictEqual(
          (await resourcesOf('dev')).filter((each) => each.includes(RETIRED)),
          [],
        );
      },
    },
  ];

  /** Functions of dev with the mark of the version that cannot be deployed. */
  const failedVersion = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
      for (const { FunctionName = '', Environment } of Functions)
        if (Environment?.Variables?.[FAILED_VERSION] !== undefined) found.push(FunctionName);
    }
    return found;
  };

  const failure: readonly Guarantee[] = [
    {
      title: 'a deployment that fails once its functions are new leaves the version before it in every function',
      check: async () => {
        await rejects(cdk.deploy({ app: 'node test/deploy/failing-version.ts' }), /Tocsin-dev-app failed to deploy/);
        deepStrictEqual(await failedVersion(), []);
        const StackName = 'Tocsin-dev-app';
        const { Stacks: [stack] = [] } = await formation.send(new DescribeStacksCommand({ StackName }));
        strictEqual(stack?.StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
      },
    },
  ];

  const apiGoes: readonly Guarantee[] = [
    {
      title: 'the stack of the API is destroyed, with the alarms that watch it',
      check: async () => {
        const { authorization } = await logIn(await dev.apiUrl(), 'admin', password);
        const client = tocsinClient(await dev.apiUrl(), { authorization });
        const made = await client.post<{ readonly key: string }>('/api/api-keys', {
          name: 'redeployment',
          permissions: ['monitoring.alert.read'],
        });
        machineKey = made.key;
        const { id } = await client.get<{ readonly id: string }>('/api/auth/me');
        const steps = [{ targets: [{ type: 'user', id }], escalateAfterMinutes: 60 }];
        await client.put('/api/oncall/policies/default', { version: 0, name: POLICY, repeat: 1, steps });
        firstApi = await dev.apiId();
        const gone = await cdk.destroy(['Tocsin-dev-api']);
        deepStrictEqual([...gone].sort(), ['Tocsin-dev-api', 'Tocsin-dev-observability']);
      },
    },
  ];

  const apiIsBack: readonly Guarantee[] = [
    {
      title:
        'after the next deployment everybody logs in and calls at the new address, by meters that the new API knows',
      check: async () => {
        notStrictEqual(await dev.apiId(), firstApi);
        const { authorization } = await logIn(await dev.apiUrl(), 'admin', password);
        strictEqual(await call(authorization), 'admin');
        const client = tocsinClient(await dev.apiUrl(), { authorization });
        const { name } = await client.get<{ readonly name: string }>('/api/oncall/policies/default');
        strictEqual(name, POLICY, 'the table that was deleted is not back');
        const alert = await client.post<{ readonly status: string }>('/api/monitoring/alerts', {
          title: 'After the restore',
          severity: 'critical',
        });
        strictEqual(alert.status, 'open');
        const meters = await dev.meters();
        for (const token of [authorization, `Bearer ${machineKey}`]) {
          const meter = await meterOf(token);
          ok(meters.includes(meter), `the authorizer names the meter ${meter}, and plans have ${meters.join(', ')}`);
        }
      },
    },
  ];

  const staging = accountOf(emulator, 'staging');
  const chosen = `${randomBytes(18).toString('base64url')}-aA1`;
  let devBefore: readonly string[] = [];

  const otherStage: readonly Guarantee[] = [
    {
      title: 'another stage is deployed beside it, in the same account',
      check: async () => {
        devBefore = await resourcesOf('dev');
        deepStrictEqual([...(await cdk.deploy({ stage: 'staging' }))].sort(), [...stacksOf('staging')].sort());
        const { username, password: generated } = await staging.firstAdministrator();
        await logInFirst(await staging.apiUrl(), username, generated, chosen);
      },
    },
    {
      title: 'that stage is destroyed whole, and leaves its tables behind',
      check: async () => {
        await formation.send(
          new UpdateTerminationProtectionCommand({
            StackName: 'Tocsin-staging-data',
            EnableTerminationProtection: false,
          }),
        );
        const gone = await cdk.destroy(['Tocsin-staging-data'], { stage: 'staging' });
        deepStrictEqual([...gone].sort(), [...stacksOf('staging')].sort());
        const tables: string[] = [];
        for await (const { TableNames = [] } of paginateListTables({ client: dynamo }, {})) tables.push(...TableNames);
        strictEqual(tables.filter((name) => name.startsWith('Tocsin-staging-')).length, KEPT.filter(isTable).length);
      },
    },
    {
      // No deployment with the option follows: AWS gives the new tables names of their own, and this emulator those of the tables that
      // were left behind, which it empties.
      title: 'npm run restore --kept names the tables, the secrets and the bucket that it left behind',
      check: async () => {
        const printed = await run(process.execPath, ['operate/restore/main.ts', '--stage', 'staging', '--kept'], {
          cwd: repository,
          env: { ...environment, PATH: projectPath },
          log: join(toolCache, 'logs', 'restore-kept.log'),
        });
        const option = /-c (restored=\S+),/.exec(printed)?.[1] ?? '';
        const named = [...option.matchAll(/(\w+)=arn:/g)].map(([, id]) => id);
        // Tables that CloudFormation makes name no key in this emulator.
        deepStrictEqual(named.sort(), KEPT.filter((id) => id !== 'DataKey').sort());
      },
    },
    {
      title: 'the first stage did not notice: every resource is the same, and people log in and call',
      check: async () => {
        deepStrictEqual(await resourcesOf('dev'), devBefore);
        strictEqual(await call((await logIn(await dev.apiUrl(), 'admin', password)).authorization), 'admin');
      },
    },
  ];

  return { nextVersion, failure, apiGoes, apiIsBack, otherStage };
};
