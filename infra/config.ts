import { RemovalPolicy } from 'aws-cdk-lib';

/** All that differs between stages, on one page. Times are in the unit their name ends in. */
export interface StageConfig {
  readonly name: string;
  /** Resolved alerts and the audit trail are kept this long. */
  readonly retentionDays: number;
  readonly logRetentionDays: 7 | 30 | 90;
  /** A customer-managed KMS key for tables, queues, topic and secrets: about one dollar a month, and a trail of its use. */
  readonly customerManagedKey: boolean;
  readonly pointInTimeRecovery: boolean;
  /** A dashboard of CloudWatch. An account has three with up to fifty metrics each for nothing; each other one costs three dollars a month. */
  readonly dashboard: boolean;
  /** Whether `cdk destroy` and mistakes leave tables, secrets and keys behind. */
  readonly retainData: boolean;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** Throttle of each method of the API that has none of its own, all callers together. API Gateway has none over all methods. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Plain http subscribers and private addresses are allowed: for the local run only. */
  readonly allowPrivateEndpoints: boolean;
  /**
   * Address that pages by e-mail come from: an identity that SES has verified in this account. Undefined: no mail is sent, and
   * e-mail contacts are refused.
   */
  readonly mailFrom?: string;
  /** Whether a number for two-way SMS publishes to the topic of replies, so that pages say how to answer. */
  readonly smsReplies: boolean;
  /** Who sends texts. AWS End User Messaging reports whether each was delivered; SNS says that it took it. */
  readonly sms: 'sns' | 'end-user-messaging';
  /** Shards of fifty monitors that are checked at once: 200 bear 10,000 monitors whose targets are slow. */
  readonly shardsAtOnce: number;
  /**
   * Ranges of addresses, apart from the open internet, that monitors and webhooks may reach. Metadata of the cloud stays
   * closed.
   */
  readonly targetRanges: readonly string[];
  /** Where functions that reach targets run. Undefined: in Lambda's own network, which leads to the open internet only. */
  readonly network?: Network;
  /** Where the API is served. Undefined: at the address that API Gateway makes, which is another one after the API was made again. */
  readonly domain?: Domain;
  /** E-mail addresses that hear the alarms of the stage. */
  readonly operators: readonly string[];
  /** Address outside of the account that expects a request each minute. */
  readonly watchdogUrl?: string;
  /** Dollars that the account may cost in a month; operators hear of it before. Undefined: nobody does. */
  readonly monthlyDollars?: number;
  /** Dollars that the account may spend on text messages in a month. AWS gives a new account one. */
  readonly smsMonthlyDollars: number;
  /**
   * Concurrent executions of the account. From a thousand on, what everybody waits for has some reserved. A new account has ten, of
   * which nothing can be reserved.
   */
  readonly accountConcurrency?: number;
  /**
   * What the stage uses in place of its own: tables that `npm run restore` has made, and tables, secrets, the key and the bucket that the stage left behind
   * when it was destroyed. The ARN of each, and of a table that of its stream, by the logical id of what it stands in for.
   */
  readonly restored: Readonly<Record<string, string>>;
  /** Requests that one address may send in five minutes, by a web ACL that costs six dollars a month and 0.6 a million. Undefined: none. */
  readonly requestsInFiveMinutes?: number;
  /** Machines that send a key of their own may send to an HTTP API, too, whose requests cost less than a third. `false` leaves it out. */
  readonly ingestApi: boolean;
  /** The costs of the month are read from Cost Explorer, at a cent a request, and counted by the product where they are not. */
  readonly costExplorer: boolean;
  /**
   * Copies of the checkpoints of the audit trail are in a bucket, and nobody can change or delete one for so many days, not even an administrator of
   * the account. Undefined: there are no copies.
   */
  readonly auditCopiesDays?: number;
  /** The installation begins with a monitor of itself, which pages somebody while an alarm rings. */
  readonly selfMonitor: boolean;
  /** New code of functions that people wait for takes a tenth of the calls for five minutes, and goes back where it fails. */
  readonly gradual: boolean;
  /** CloudFront serves the console, and the API behind it, at one host. */
  readonly edge: boolean;
  /** Which key CloudFront shows to the API, counted from 1. The next number makes another one; the key before it counts beside it. */
  readonly edgeKey: number;
  /** Address that links begin with where there is no domain: that of the distribution, which is known after the first deployment. */
  readonly publicUrl?: string;
  /** Requests that one address may send to the edge in five minutes, by a web ACL at six dollars a month and 0.6 a million. Undefined: none. */
  readonly edgeRequestsInFiveMinutes?: number;
  /** A web ACL of CloudFront, which is one of us-east-1, for the edge. */
  readonly webAclArn?: string;
  /** Functions call the endpoints of AWS whose cryptography is validated by FIPS 140. Not every region has them. */
  readonly fips: boolean;
}

const everywhere = {
  dashboard: false,
  accessTokenSeconds: 15 * 60,
  refreshTokenSeconds: 7 * 86_400,
  requestsPerSecond: 1000,
  burst: 5000,
  allowPrivateEndpoints: false,
  smsReplies: false,
  sms: 'sns',
  targetRanges: [],
  operators: [],
  smsMonthlyDollars: 1,
  restored: {},
  ingestApi: true,
  costExplorer: false,
  selfMonitor: true,
  gradual: false,
  fips: false,
  edge: true,
  edgeKey: 1,
} as const;

export const STAGES: Readonly<Record<string, StageConfig>> = {
  dev: {
    ...everywhere,
    name: 'dev',
    retentionDays: 7,
    shardsAtOnce: 50,
    logRetentionDays: 7,
    customerManagedKey: false,
    pointInTimeRecovery: false,
    retainData: false,
  },
  staging: {
    ...everywhere,
    name: 'staging',
    retentionDays: 30,
    shardsAtOnce: 50,
    logRetentionDays: 30,
    customerManagedKey: true,
    pointInTimeRecovery: true,
    retainData: true,
  },
  prod: {
    ...everywhere,
    name: 'prod',
    retentionDays: 90,
    shardsAtOnce: 200,
    logRetentionDays: 90,
    customerManagedKey: true,
    pointInTimeRecovery: true,
    retainData: true,
  },
};

/** A domain of one's own, by which links, pings and webhooks outlive the API, its region and its stage. */
export interface Domain {
  readonly name: string;
  /** A certificate for it: in us-east-1 for the edge, in the region of the stage without one. */
  readonly certificateArn: string;
  /** The zone of Route 53 in which the edge writes the records of the name. */
  readonly hostedZoneId?: string;
}

/** A network of the account, by which functions reach private targets. */
export interface Network {
  readonly vpcId: string;
  /** Private subnets with a way to the internet, and to the services of AWS. */
  readonly subnetIds: readonly string[];
}

/** What becomes of a stateful resource when it leaves its stack. A first deployment that fails leaves nothing behind. */
export const removalPolicyOf = (stage: StageConfig): RemovalPolicy =>
  stage.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

/** The names of alarms begin with the name of their stack. */
export const observabilityStackName = ({ name }: StageConfig): string => `Tocsin-${name}-observability`;

export const dashboardName = ({ name }: StageConfig): string => `tocsin-${name}`;

/** Metrics that functions write are of their stage, so that alarms of one stage do not hear another of the same account. */
export const metricsNamespace = ({ name }: StageConfig): string => `Tocsin/${name}`;

/** What functions must know that sign or check access tokens. */
export const tokenSettings = ({ name, accessTokenSeconds }: StageConfig) => ({
  TOKEN_ISSUER: `tocsin-${name}`,
  TOKEN_AUDIENCE: `tocsin-${name}`,
  ACCESS_TOKEN_SECONDS: String(accessTokenSeconds),
});
