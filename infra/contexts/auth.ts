import {
  Aws,
  aws_events as events,
  aws_iam as iam,
  CfnOutput,
  CustomResource,
  Duration,
  Stack,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  AUTH_TABLE_SHAPE,
  AUTHZ,
  JWKS_ITEM,
  KEY_PARTITION_PREFIX,
  REGISTER_PREFIX,
  ROLE_PREFIX,
} from '../../functions/auth/table.ts';
import { COST_TAG } from '../../shared/cost/cost-tag.ts';
import { parameterNames } from '../../shared/kernel/parameter-names.ts';
import { removalPolicyOf, tokenSettings, type StageConfig } from '../config.ts';
import { consumeStream, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import { grantParameters } from '../constructs/parameter-grant.ts';
import { StageBucket } from '../constructs/stage-bucket.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of the identities that must outlive every deployment: their table and the standby register. */
export class AuthData extends Construct {
  readonly table: ContextTable;
  readonly standby: StageBucket;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { stage } = props;
    this.table = new ContextTable(this, 'Auth', {
      ...props,
      env: 'AUTH_TABLE',
      shape: AUTH_TABLE_SHAPE,
    });
    this.standby = new StageBucket(this, 'Standby', {
      stage,
      logicalId: 'StandbyBucket',
      purpose: 'standby',
      env: 'STANDBY_BUCKET',
      prefix: REGISTER_PREFIX,
    });
    new CfnOutput(Stack.of(this), 'FirstLoginParameter', {
      value: parameterNames(stage.name).firstLogin,
      description: 'Parameter with the first login',
    });
  }
}

/** The functions of the identities: the API, the authorizer, and the turning of the signing keys. */
export class AuthApp extends Construct {
  readonly deadLetters: WorkQueue;

  constructor(
    scope: Construct,
    id: string,
    props: Props & { readonly data: AuthData; readonly functions: Functions; readonly grants: Grants },
  ) {
    super(scope, id);
    const { stage, data, functions, grants } = props;
    this.deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });

    // A full vCPU, since argon2id is what a login waits for.
    const api = functions.add(this, 'auth', 'Serves logins, users, roles and machine keys', {
      memoryMb: 1769,
      isAwaited: true,
    });
    data.table.grantTo(api, [
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ]);
    const { firstLogin, dataKeys } = parameterNames(stage.name);
    this.grantSigningKeysTo(api, props);
    api.addEnvironment('FIRST_LOGIN_PARAMETER', firstLogin);
    grantParameters(api, [firstLogin], ['GetParameter'], props.encryptionKey);
    api.addEnvironment('DATA_KEYS_PATH', dataKeys);
    grantParameters(api, [dataKeys, `${dataKeys}/*`], ['GetParametersByPath'], props.encryptionKey);
    api.addEnvironment('REFRESH_TOKEN_SECONDS', String(stage.refreshTokenSeconds));
    const { TOKEN_ISSUER, TOKEN_AUDIENCE, ACCESS_TOKEN_SECONDS } = tokenSettings(stage);
    api.addEnvironment('TOKEN_ISSUER', TOKEN_ISSUER);
    api.addEnvironment('TOKEN_AUDIENCE', TOKEN_AUDIENCE);
    api.addEnvironment('ACCESS_TOKEN_SECONDS', ACCESS_TOKEN_SECONDS);

    const authorizer = functions.add(this, 'auth-authorizer', 'Says who calls and what they may call', {
      memoryMb: 512,
      timeoutSeconds: 5,
      reserved: 100,
      isAwaited: true,
    });
    grants.giveTo(authorizer);

    const standby = functions.add(this, 'auth-standby', 'Keeps who may call for when the table cannot be read');
    data.table.grantTo(standby, ['GetItem', 'Query'], { leadingKeys: [AUTHZ, `${KEY_PARTITION_PREFIX}*`] });
    data.standby.grantTo(standby, ['GetObject', 'PutObject']);
    consumeStream(standby, { table: data.table, deadLetters: this.deadLetters, filters: STANDBY_WRITES });

    const rotation = functions.add(this, 'auth-rotate-signing-keys', 'Each day: turns the signing keys when due');
    data.table.grantTo(rotation, ['GetItem', 'PutItem']);
    this.grantSigningKeysTo(rotation, props);
    grantParameters(rotation, [`${parameterNames(stage.name).signingKeys}/*`], ['DeleteParameter'], undefined);
    rotation.addEnvironment('ACCESS_TOKEN_SECONDS', String(stage.accessTokenSeconds));
    runOnSchedule(
      this,
      'EachDay',
      rotation,
      events.Schedule.rate(Duration.days(1)),
      'Turns the signing keys when they are ninety days old',
    );
  }

  /** A login that finds no key makes the first one. */
  private grantSigningKeysTo(fn: TocsinFunction, { stage, encryptionKey }: Props): void {
    const { signingKeys } = parameterNames(stage.name);
    fn.addEnvironment('SIGNING_KEYS_PATH', signingKeys);
    fn.addEnvironment('PARAMETER_KEY', encryptionKey?.keyArn ?? 'none');
    const actions = ['GetParameter', 'GetParametersByPath', 'PutParameter'] as const;
    grantParameters(fn, [signingKeys, `${signingKeys}/*`], actions, encryptionKey);
  }
}

/** The secrets that earlier versions made, which `restored` may name. */
export const EARLIER = [
  'EdgeKeySecret',
  'FirstAdminSecret',
  'PagingSecret',
  'SigningKeysSecret',
  'StandbySecret',
] as const;

/**
 * Makes the secret values of a stage at its deployment, before any function reads them: see docs/adr/0120-secret-values-are-parameters.md.
 * They are in the stack of the data, and stay where data stays.
 */
export class StageValues extends Construct {
  /** The function that makes them, for custom resources. */
  readonly makerArn: string;
  /** The hashes of the keys of the edge that count, separated by commas; undefined without an edge. */
  readonly edgeKeyHashes: string | undefined;

  constructor(scope: Construct, id: string, props: Props & { readonly data: AuthData; readonly functions: Functions }) {
    super(scope, id);
    const { stage, encryptionKey, data, functions } = props;
    const maker = functions.add(this, 'auth-make-values', 'At a deployment: makes the secret values of the stage', {
      memoryMb: 256,
      timeoutSeconds: 60,
    });
    maker.leaveUntraced();
    data.standby.grantTo(maker, ['GetObject', 'PutObject', 'DeleteObject']);
    const { path } = parameterNames(stage.name);
    const actions = ['DeleteParameter', 'GetParametersByPath', 'PutParameter'] as const;
    grantParameters(maker, [path, `${path}/*`], actions, encryptionKey);
    const ofTheStage = { [`aws:ResourceTag/${COST_TAG}`]: stage.name };
    const { region, urlSuffix } = Stack.of(this);
    const statements = [
      // Secrets are listed without a resource.
      { actions: ['secretsmanager:ListSecrets'], resources: ['*'] },
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: EARLIER.map((name) => arnOf('secretsmanager', `secret:${name}-*`)),
        conditions: { StringEquals: ofTheStage },
      },
      // Values may be encrypted by the key of an earlier life, or by the key that an option has just left out.
      {
        actions: ['kms:Decrypt'],
        resources: [arnOf('kms', 'key/*')],
        conditions: {
          StringEquals: {
            ...ofTheStage,
            'kms:ViaService': ['secretsmanager', 'ssm'].map((service) => `${service}.${region}.${urlSuffix}`),
          },
        },
      },
    ];
    for (const statement of statements) maker.lambda.addToRolePolicy(new iam.PolicyStatement(statement));
    this.makerArn = maker.lambda.functionArn;
    const made = new CustomResource(this, 'Made', {
      resourceType: 'Custom::StageValues',
      serviceToken: maker.lambda.functionArn,
      serviceTimeout: Duration.minutes(3),
      removalPolicy: removalPolicyOf(stage),
      properties: {
        KeyArn: encryptionKey?.keyArn ?? 'none',
        EdgeKey: stage.edge ? String(stage.edgeKey) : 'none',
        Keeps: String(stage.retainData),
        Earlier: Object.fromEntries(
          EARLIER.flatMap((name) => (stage.restored[name] === undefined ? [] : [[name, stage.restored[name]]])),
        ),
        // A value that an earlier version did not make has this resource made again, in a stage that exists.
        Makes: Object.keys(parameterNames(stage.name)).join(' '),
        // The bucket must be there when the register is taken along, and go after it.
        Register: data.standby.bucket.bucketName,
      },
    });
    this.edgeKeyHashes = stage.edge ? made.getAttString('EdgeKeyHashes') : undefined;
  }
}

const arnOf = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/**
 * The functions that keep the gateway's keys: one follows the table's stream, one reconciles each day. They are deployed with the
 * gateway, since they must know the API and its usage plans: `planIds` is the JSON of the id of each tier's plan.
 */
export class AuthMeters extends Construct {
  /** The functions that put gateway keys into plans. */
  readonly placers: readonly TocsinFunction[];

  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: AuthData;
      readonly functions: Functions;
      readonly apiId: string;
      readonly planIds: string;
      /** Users who were deleted are announced here: paging deletes their contacts. */
      readonly wakes: WorkQueue;
    },
  ) {
    super(scope, id);
    const { data, functions } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    const places = (fn: TocsinFunction): void => {
      fn.addEnvironment('API_ID', props.apiId);
      fn.addEnvironment('USAGE_PLAN_IDS', props.planIds);
    };
    const follow = functions.add(this, 'auth-usage-keys', 'Has the gateway keys follow users and machine keys', {
      timeoutSeconds: 120,
    });
    data.table.grantTo(follow, ['UpdateItem']);
    places(follow);
    props.wakes.grantSendTo(follow);
    consumeStream(follow, { table: data.table, deadLetters, filters: METERED_WRITES });

    const reconcile = functions.add(this, 'auth-reconcile-meters', 'Each day: makes gateway keys agree with users', {
      timeoutSeconds: 600,
    });
    data.table.grantTo(reconcile, ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem']);
    places(reconcile);
    runOnSchedule(this, 'EachDay', reconcile, events.Schedule.rate(Duration.days(1)), 'Gateway keys of users');
    this.placers = [follow, reconcile];
  }
}

/** Writes of who may call, and of users: each login says that somebody is there for whom the register must be right. */
const STANDBY_WRITES = [{ dynamodb: { Keys: { sk: { S: ['USER', 'KEY', JWKS_ITEM, { prefix: ROLE_PREFIX }] } } } }];

/** Writes and removals of users and machine keys. */
const METERED_WRITES = [{ dynamodb: { Keys: { sk: { S: ['USER', 'KEY'] } } } }];
