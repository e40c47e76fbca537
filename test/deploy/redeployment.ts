import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateBackupCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  paginateListTables,
  RestoreTableFromBackupCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  InvokeCommand,
  LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
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
const OF_EARLIER_LIFE = 'Raised before the stage was destroyed';
/** How the names of tables end that were left behind. */
const KEPT_NAME = 'KEPT';

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
  let restored = '';
  const onStaging = async () => {
    const { authorization } = await logIn(await staging.apiUrl(), 'admin', chosen);
    return { client: tocsinClient(await staging.apiUrl(), { authorization }) };
  };

  /**
   * AWS gives each table that it makes a name of its own. This emulator gives a new one the name of the table that was left behind, and empties that. So those
   * that were left behind get other names, as AWS would have given them, by a backup.
   */
  const renameTables = async (): Promise<void> => {
    const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
    for (const TableName of TableNames.filter((name) => name.startsWith('Tocsin-staging-'))) {
      const BackupName = 'kept';
      const { BackupDetails } = await dynamo.send(new CreateBackupCommand({ TableName, BackupName }));
      const TargetTableName = `${TableName}${KEPT_NAME}`;
      const { BackupArn } = BackupDetails ?? {};
      await dynamo.send(new RestoreTableFromBackupCommand({ TargetTableName, BackupArn }));
      const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;
      await dynamo.send(new UpdateTableCommand({ TableName: TargetTableName, StreamSpecification }));
      await dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
      await dynamo.send(new DeleteTableCommand({ TableName }));
    }
  };

  const otherStage: readonly Guarantee[] = [
    {
      title: 'another stage is deployed beside it, in the same account',
      check: async () => {
        devBefore = await resourcesOf('dev');
        deepStrictEqual(
          [...(await cdk.deploy({ stage: 'staging', isDirect: true }))].sort(),
          [...stacksOf('staging')].sort(),
        );
        const { username, password: generated } = await staging.firstAdministrator();
        await logInFirst(await staging.apiUrl(), username, generated, chosen);
        const { client } = await onStaging();
        await client.post('/api/monitoring/alerts', { title: OF_EARLIER_LIFE, severity: 'critical' });
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
      title: 'npm run restore --kept names the tables and the buckets that it left behind',
      check: async () => {
        await renameTables();
        const printed = await run(process.execPath, ['operate/restore/main.ts', '--stage', 'staging', '--kept'], {
          cwd: repository,
          env: { ...environment, PATH: projectPath },
          log: join(toolCache, 'logs', 'restore-kept.log'),
        });
        restored = /-c (restored=\S+),/.exec(printed)?.[1] ?? '';
        const named = [...restored.matchAll(/(\w+)=arn:/g)].map(([, id]) => id);
        // Tables that CloudFormation makes name no key in this emulator.
        deepStrictEqual(named.sort(), KEPT.filter((id) => id !== 'DataKey').sort());
      },
    },
    {
      title:
        'it is deployed again with the option that was printed: people log in as before, its alert is open, and functions and readers use the tables that it left',
      check: async () => {
        deepStrictEqual(
          [...(await cdk.deploy({ stage: 'staging', options: [restored], isDirect: true }))].sort(),
          [...stacksOf('staging')].sort(),
        );
        const { client } = await onStaging();
        const { items } = await client.get<{
          readonly items: readonly { id: string; title: string; status: string }[];
        }>('/api/monitoring/alerts');
        deepStrictEqual(
          items.map(({ title, status }) => [title, status]),
          [[OF_EARLIER_LIFE, 'open']],
        );
        const { status } = await client.post<{ readonly status: string }>(
          `/api/monitoring/alerts/${items[0]?.id}/resolve`,
          {},
        );
        strictEqual(status, 'resolved');
        const used: string[] = [];
        for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
          for (const { FunctionName = '', Environment } of Functions) {
            if (!FunctionName.startsWith('Tocsin-staging-')) continue;
            const tables = Object.entries(Environment?.Variables ?? {}).filter(([name]) => name.endsWith('_TABLE'));
            used.push(...tables.map(([, table]) => table));
          }
        }
        ok(used.length > 20, `functions use ${used.join(', ')}`);
        deepStrictEqual(
          used.filter((name) => !name.endsWith(KEPT_NAME)),
          [],
        );
        const read: string[] = [];
        for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, {}))
          for (const { EventSourceArn = '' } of EventSourceMappings)
            if (EventSourceArn.includes(':table/Tocsin-staging-')) read.push(EventSourceArn);
        ok(read.length > 5, `streams that are read: ${read.join(', ')}`);
        deepStrictEqual(
          read.filter((arn) => !arn.includes(`${KEPT_NAME}/stream/`)),
          [],
        );
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
