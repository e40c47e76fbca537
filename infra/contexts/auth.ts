import {
  aws_events as events,
  CfnOutput,
  Duration,
  Stack,
  type aws_kms as kms,
  type aws_secretsmanager as secrets,
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
import type { SecretGrant } from '../../shared/kernel/grant.ts';
import { tokenSettings, type StageConfig } from '../config.ts';
import { consumeStream, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import { grantSecret } from '../constructs/secret-grant.ts';
import { StageBucket } from '../constructs/stage-bucket.ts';
import { stageSecret } from '../constructs/stage-secret.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of the identities that must outlive every deployment: their table, the signing keys, the first administrator. */
export class AuthData extends Construct {
  readonly table: ContextTable;
  readonly signingKeys: secrets.ISecret;
  readonly firstAdmin: secrets.ISecret;
  readonly standby: StageBucket;
  /** Of a stage with an edge. */
  readonly edgeKey: secrets.ISecret | undefined;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { stage } = props;
    this.table = new ContextTable(this, 'Auth', {
      ...props,
      env: 'AUTH_TABLE',
      shape: AUTH_TABLE_SHAPE,
    });
    this.signingKeys = stageSecret(this, 'SigningKeysSecret', {
      ...props,
      description: 'The private keys that sign access tokens. The functions fill and turn it.',
      generateSecretString: { secretStringTemplate: '{"keys":[]}', generateStringKey: 'unused', passwordLength: 8 },
    });
    this.firstAdmin = stageSecret(this, 'FirstAdminSecret', {
      ...props,
      description: 'User name and password for the first login, which must then change the password',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'admin' }),
        generateStringKey: 'password',
        passwordLength: 32,
        excludePunctuation: true,
      },
    });
    this.standby = new StageBucket(this, 'Standby', {
      stage,
      logicalId: 'StandbyBucket',
      purpose: 'standby',
      env: 'STANDBY_BUCKET',
      prefix: REGISTER_PREFIX,
    });
    this.edgeKey = stage.edge
      ? stageSecret(this, 'EdgeKeySecret', {
          ...props,
          description: 'What the edge sends along, so that a login knows the address of its client',
          generateSecretString: { passwordLength: 48, excludePunctuation: true },
        })
      : undefined;
    new CfnOutput(Stack.of(this), 'FirstAdminSecretArn', {
      value: this.firstAdmin.secretArn,
      description: 'Secret with the first login',
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
    grantSecret(api, data.signingKeys, SIGNING_KEYS);
    grantSecret(api, data.firstAdmin, { env: 'FIRST_ADMIN_SECRET', actions: ['GetSecretValue'] });
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
    grantSecret(rotation, data.signingKeys, SIGNING_KEYS);
    rotation.addEnvironment('ACCESS_TOKEN_SECONDS', String(stage.accessTokenSeconds));
    runOnSchedule(
      this,
      'EachDay',
      rotation,
      events.Schedule.rate(Duration.days(1)),
      'Turns the signing keys when they are ninety days old',
    );
  }
}

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

/** The functions that sign or turn the keys write the secret, too. */
const SIGNING_KEYS: SecretGrant = { env: 'SIGNING_KEYS_SECRET', actions: ['GetSecretValue', 'PutSecretValue'] };
