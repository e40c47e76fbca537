import {
  aws_events as events,
  aws_iam as iam,
  aws_secretsmanager as secrets,
  CfnOutput,
  Duration,
  Stack,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  AUTH_TABLE_SHAPE,
  AUTHZ,
  JWKS_ITEM,
  ROLE_PREFIX,
  KEY_PARTITION_PREFIX,
  GUARDED_ATTRIBUTES,
  PERSON_ATTRIBUTES,
  USER_PARTITION_PREFIX,
} from '../../functions/auth/table.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import { consumeStream, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** What of the identities must outlive every deployment: their table, the signing keys, the first administrator. */
export class AuthData extends Construct {
  readonly table: ContextTable;
  readonly signingKeys: secrets.Secret;
  readonly firstAdmin: secrets.Secret;
  readonly standby: secrets.Secret;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { stage } = props;
    this.table = new ContextTable(this, 'Auth', {
      ...props,
      env: 'AUTH_TABLE',
      shape: AUTH_TABLE_SHAPE,
    });
    const common = {
      removalPolicy: removalPolicyOf(stage),
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    };
    this.signingKeys = new secrets.Secret(this, 'SigningKeys', {
      ...common,
      description: 'The private keys that sign access tokens. The functions fill and turn it.',
      generateSecretString: { secretStringTemplate: '{"keys":[]}', generateStringKey: 'unused', passwordLength: 8 },
    });
    this.firstAdmin = new secrets.Secret(this, 'FirstAdmin', {
      ...common,
      description: 'User name and password for the first login, which must then change the password',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'admin' }),
        generateStringKey: 'password',
        passwordLength: 32,
        excludePunctuation: true,
      },
    });
    this.standby = new secrets.Secret(this, 'Standby', {
      ...common,
      description: 'Who may call, for functions that cannot read the auth table. Its stream keeps it.',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'unused', passwordLength: 8 },
    });
    (this.standby.node.defaultChild as secrets.CfnSecret).overrideLogicalId('StandbySecret');
    (this.signingKeys.node.defaultChild as secrets.CfnSecret).overrideLogicalId('SigningKeysSecret');
    (this.firstAdmin.node.defaultChild as secrets.CfnSecret).overrideLogicalId('FirstAdminSecret');
    new CfnOutput(Stack.of(this), 'FirstAdminSecretArn', {
      value: this.firstAdmin.secretArn,
      description: 'Secret with the first login',
    });
  }

  /** Tells a function the secret of the signing keys, and lets it read and write it. */
  grantSigningKeysTo(fn: TocsinFunction): void {
    fn.addEnvironment('SIGNING_KEYS_SECRET', this.signingKeys.secretArn);
    this.grantSecretTo(fn, this.signingKeys, ['GetSecretValue', 'PutSecretValue']);
  }

  /** Tells a function the secret of the first login, and lets it read it. */
  grantFirstAdminTo(fn: TocsinFunction): void {
    fn.addEnvironment('FIRST_ADMIN_SECRET', this.firstAdmin.secretArn);
    this.grantSecretTo(fn, this.firstAdmin, ['GetSecretValue']);
  }

  // The construct library's own grant would write the function's role into the key's policy, and so make this stack
  // depend on the one of the functions.
  private grantSecretTo(fn: TocsinFunction, secret: secrets.Secret, actions: readonly string[]): void {
    fn.lambda.addToRolePolicy(
      new iam.PolicyStatement({
        actions: actions.map((action) => `secretsmanager:${action}`),
        resources: [secret.secretArn],
      }),
    );
    if (secret.encryptionKey) {
      fn.lambda.addToRolePolicy(
        new iam.PolicyStatement({
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: [secret.encryptionKey.keyArn],
        }),
      );
    }
  }

  /** Lets a function look up who a user is, and whether they may act; no hash of a password, and no session. */
  grantPeopleTo(fn: TocsinFunction): void {
    this.grantOfUsersTo(fn, PERSON_ATTRIBUTES);
  }

  /** Lets a function guard what belongs to users against those who may do less than they: it reads the roles. */
  grantGuardTo(fn: TocsinFunction): void {
    this.grantOfUsersTo(fn, GUARDED_ATTRIBUTES);
    this.table.grantTo(fn, ['Query'], { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [AUTHZ] } });
  }

  private grantOfUsersTo(fn: TocsinFunction, attributes: readonly string[]): void {
    const { hash, range } = AUTH_TABLE_SHAPE;
    this.table.grantTo(fn, ['GetItem'], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${USER_PARTITION_PREFIX}*`] },
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': [hash, range, ...attributes] },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    });
  }

  /** Lets a function tell whose a token or a machine key is, and touch nothing else of the table. */
  grantTellBearersTo(fn: TocsinFunction, stage: StageConfig): void {
    this.table.grantTo(fn, ['Query'], { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [AUTHZ] } });
    this.grantCheckKeysTo(fn);
    grantTokens(fn, stage);
  }

  /** Lets a function check machine keys and note their use, and touch nothing else of the table. */
  grantCheckKeysTo(fn: TocsinFunction): void {
    this.table.grantTo(fn, ['GetItem', 'UpdateItem'], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${KEY_PARTITION_PREFIX}*`] },
    });
    this.grantStandbyTo(fn, ['GetSecretValue']);
  }

  /** Tells a function the secret that says who may call while the table cannot be read. */
  grantStandbyTo(fn: TocsinFunction, actions: readonly ('GetSecretValue' | 'PutSecretValue')[]): void {
    fn.addEnvironment('STANDBY_SECRET', this.standby.secretArn);
    this.grantSecretTo(fn, this.standby, actions);
  }
}

/** Tells a function whose tokens are ours, and how long they live. */
const grantTokens = (fn: TocsinFunction, stage: StageConfig): void => {
  fn.addEnvironment('TOKEN_ISSUER', `tocsin-${stage.name}`);
  fn.addEnvironment('TOKEN_AUDIENCE', `tocsin-${stage.name}`);
  fn.addEnvironment('ACCESS_TOKEN_SECONDS', String(stage.accessTokenSeconds));
};

/** The functions of the identities: the API, the authorizer, and the turning of the signing keys. */
export class AuthApp extends Construct {
  readonly deadLetters: WorkQueue;

  constructor(scope: Construct, id: string, props: Props & { readonly data: AuthData; readonly functions: Functions }) {
    super(scope, id);
    const { stage, data, functions } = props;
    this.deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });

    // A full vCPU, since argon2id is what a login waits for.
    const api = functions.add(this, 'auth', 'Serves logins, users, roles and machine keys', { memoryMb: 1769 });
    data.table.grantTo(api, [
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ]);
    data.grantSigningKeysTo(api);
    data.grantFirstAdminTo(api);
    api.addEnvironment('REFRESH_TOKEN_SECONDS', String(stage.refreshTokenSeconds));

    const authorizer = functions.add(this, 'auth-authorizer', 'Says who calls and what they may call', {
      memoryMb: 512,
      timeoutSeconds: 5,
    });
    data.grantTellBearersTo(authorizer, stage);
    grantTokens(api, stage);

    const standby = functions.add(this, 'auth-standby', 'Keeps who may call for when the table cannot be read');
    data.table.grantTo(standby, ['GetItem', 'Query'], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [AUTHZ, `${KEY_PARTITION_PREFIX}*`] },
    });
    data.grantStandbyTo(standby, ['GetSecretValue', 'PutSecretValue']);
    consumeStream(standby, { table: data.table, deadLetters: this.deadLetters, filters: STANDBY_WRITES });

    const rotation = functions.add(this, 'auth-rotate-signing-keys', 'Each day: turns the signing keys when due');
    data.table.grantTo(rotation, ['GetItem', 'PutItem']);
    data.grantSigningKeysTo(rotation);
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
 * The function that has the gateway's keys follow users and machine keys. It lies beside the gateway, since it must know
 * the usage plans: `planIds` is the JSON of the id of each tier's plan.
 */
export class AuthMeters extends Construct {
  readonly usageKeys: TocsinFunction;

  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: AuthData;
      readonly functions: Functions;
      readonly planIds: string;
      /** Users who were deleted are announced here: paging deletes their contacts. */
      readonly wakes: WorkQueue;
    },
  ) {
    super(scope, id);
    const { stage, data, functions, planIds } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    this.usageKeys = functions.add(this, 'auth-usage-keys', 'Has the gateway keys follow users and machine keys', {
      timeoutSeconds: 120,
    });
    data.table.grantTo(this.usageKeys, ['UpdateItem']);
    this.usageKeys.addEnvironment('USAGE_PLAN_IDS', planIds);
    this.usageKeys.addEnvironment('ACCESS_TOKEN_SECONDS', String(stage.accessTokenSeconds));
    props.wakes.grantSendTo(this.usageKeys);
    consumeStream(this.usageKeys, { table: data.table, deadLetters, filters: METERED_WRITES });
  }
}

/** Writes of who may call, and of users: each login says that somebody is there for whom the register must be right. */
const STANDBY_WRITES = [{ dynamodb: { Keys: { sk: { S: ['USER', 'KEY', JWKS_ITEM, { prefix: ROLE_PREFIX }] } } } }];

/** Writes and removals of users and machine keys. */
const METERED_WRITES = [{ dynamodb: { Keys: { sk: { S: ['USER', 'KEY'] } } } }];
