/**
 * Every environment variable that a function reads, and its meaning. Infrastructure sets them by these names, and `readEnv` is the
 * only reader. None contains a secret.
 */
const ENV = {
  STAGE: 'Stage name, such as dev, staging or prod',
  ALERTS_TABLE: 'Name of the alerts table',
  AUTH_TABLE: 'Name of the auth table',
  AUDIT_TABLE: 'Name of the audit table',
  HEALTH_TABLE: 'Name of the health table',
  ONCALL_TABLE: 'Name of the on-call table',
  PAGING_TABLE: 'Name of the paging table',
  INCIDENTS_TABLE: 'Name of the incidents table',
  INTEGRATIONS_TABLE: 'Name of the integrations table',
  STATUS_TABLE: 'Name of the table of the status pages',
  STATUS_JOBS_QUEUE: 'URL of the queue of work for subscribers of status pages',
  STATUS_BUCKET: 'Name of the bucket that holds the files of the status pages',
  PAGES_QUEUE: 'URL of the queue that receives the outcomes of pages',
  WAKE_QUEUE: 'URL of the queue that delays wake-ups of a context until they are due',
  LINKS_PARAMETER: 'Name of the parameter that holds the key of links and webhooks',
  SLACK_PARAMETER: 'Name of the parameter that an operator writes the tokens of Slack into',
  PUBLIC_URL: 'Address of the API, with a slash at its end; links in messages begin with it',
  SLACK_URL: 'Address of the Web API of Slack, with a slash at its end',
  SMS_CONFIGURATION_SET:
    'Configuration set of AWS End User Messaging by which texts are sent; none where SNS sends them',
  SMS_REPLIES: 'Whether answers to text messages are received: on or off',
  WATCHDOG_URL: 'Address outside of the account that expects a request each minute; none where there is none',
  MAIL_SET: 'Configuration set of SES for mails to subscribers, which reports what bounced; none where there is none',
  MAIL_FROM: 'Sender address of pages by e-mail; none where no mail is sent',
  ACCOUNT: 'Number of the AWS account of the stage',
  ALERTS_TOPIC: 'ARN of the SNS topic that every transition is published to',
  SPILL_QUEUE: 'URL of the FIFO queue that stores events while DynamoDB refuses them',
  PRIVATE_ENDPOINTS: 'Whether plain http and private hosts may be subscribed: allowed or refused',
  TRAIL_QUEUE: 'URL of the queue to the audit trail, for events that neither the topic nor a stream carries',
  DRAIN_FUNCTION: 'ARN of the function that applies what waits in the spill queue',
  CHECK_FUNCTION: 'ARN of the function that checks monitors which are due',
  SHARDS_AT_ONCE: 'Runs of this function that are started at once, each for a chain of shards',
  TARGET_RANGES:
    'Ranges of addresses, apart from the open internet, that checks and webhooks may reach, such as 127.0.0.0/8; or none',
  UV_THREADPOOL_SIZE: 'Threads of the runtime for look-ups of names and for zlib: read by Node itself',
  OWN_ALARMS: 'How the names of the alarms on our own resources begin',
  INSPECTED: 'JSON of the names of our own queues and functions that are inspected',
  QUEUES_URL: 'Address of the queues of this account, with a slash at its end, before the name of one',
  COST_INVENTORY: 'JSON of what the stage consists of, as far as it costs money',
  CLOUDWATCH_DASHBOARD: 'Address of the dashboard of CloudWatch; none where there is none',
  COST_EXPLORER: 'Whether the costs of a month are read from Cost Explorer: on or off',
  SELF_MONITOR: 'Whether an installation begins with a monitor of itself: on or off',
  HEALTH_RETENTION_DAYS: 'Days that the watch keeps the records of deleted monitors',
  POISON_QUEUE: 'URL of the dead-letter queue for records that can never be processed',
  SIGNING_KEYS_PATH: 'Path of the parameters that hold the private signing keys',
  DATA_KEYS_PATH: 'Path of the parameters that hold the keys which seal stored secrets',
  PARAMETER_KEY: 'ARN of the key that encrypts parameters; none for that of AWS',
  STANDBY_BUCKET: 'Name of the bucket with the callers that are known while the auth table cannot be read',
  FIRST_LOGIN_PARAMETER: 'Name of the parameter that holds the first administrator',
  EDGE_KEY_HASHES:
    'SHA-256 of the keys by which the edge proves that a request came through it, separated by commas; absent without an edge',
  TOKEN_ISSUER: 'The iss of access tokens',
  TOKEN_AUDIENCE: 'The aud of access tokens',
  ACCESS_TOKEN_SECONDS: 'Lifetime of an access token',
  REFRESH_TOKEN_SECONDS: 'Lifetime of a refresh token',
  API_ID: 'Id of the REST API that the usage plans meter',
  USAGE_PLAN_IDS: 'JSON of the usage plan id of each tier',
  AUDIT_KEYS_PATH: 'Path of the parameters that hold the private keys which sign checkpoints of the audit trail',
  AUDIT_PUBLIC_KEYS_PATH: 'Path of the parameters that hold the public keys of checkpoints of the audit trail',
  AUDIT_END_PARAMETER: 'Name of the parameter that holds where the chain of the audit trail ends',
  AUDIT_COPIES_BUCKET:
    'Name of the bucket with the locked copies of checkpoints of the audit trail; none where there is none',
  AUDIT_RETENTION_DAYS: 'Days that the audit trail is kept',
  ALERT_RETENTION_DAYS: 'Days that a resolved alert is kept',
} as const;

export type EnvName = keyof typeof ENV;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The whole environment, for the variables of the runtime: region, credentials, and the directory of the code. */
export const environment = (): Environment => process.env;

/** The named variables. Throws one error that lists all missing ones. Called in a context's `deps.ts`. */
export const readEnv = <N extends EnvName>(
  names: readonly N[],
  from: Environment = environment(),
): Record<N, string> => {
  const missing = names.filter((name) => !from[name]);
  if (missing.length > 0) {
    throw new Error(`Missing environment: ${missing.map((name) => `${name} (${ENV[name]})`).join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Record<N, string>;
};
