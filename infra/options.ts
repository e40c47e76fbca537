import type { Domain, Network, StageConfig } from './config.ts';

/** Reads `-c name=value` of the CDK command line. */
export type Option = (name: string) => string | undefined;

const listed = (text: string | undefined): readonly string[] | undefined =>
  text === undefined ? undefined : text.split(',').filter((each) => each !== '');

/** Of a rate-based rule of AWS WAF. */
const LEAST_LIMIT = 10;

/** What the consoles of an office behind one address send, and their machines, with room above. */
const EDGE_LIMIT = 10_000;

/** Loopback is reached from every network, and only the run on one machine has something there. */
const isLoopback = (range: string): boolean => range.startsWith('127.') || range.startsWith('::1/');

/**
 * A stage with what the command line says of it:
 *
 * - `mailFrom=pager@example.com` has pages by e-mail come from there
 * - `sms=end-user-messaging` sends texts by AWS End User Messaging, which reports whether each was delivered
 * - `smsReplies=true` says how to answer by SMS
 * - `smsMonthlyDollars=50` is what the account may spend on texts
 * - `operators=ops@example.com,boss@example.com` hear the alarms of the stage
 * - `monthlyDollars=100` is what the account may cost: operators get a mail before
 * - `watchdogUrl=https://…` is requested each minute while pages can be sent
 * - `targetRanges=10.0.0.0/8` lets monitors and webhooks reach these too, by `vpcId=vpc-1` and `subnetIds=subnet-1,subnet-2`
 * - `domain=tocsin.example.com` serves the console and the API there, by `certificateArn=arn:aws:acm:us-east-1:…`; with
 *   `hostedZoneId=Z…` its records are written
 * - `edge=false` leaves out CloudFront and the console: the certificate of a domain is then one of the region of the stage
 * - `edgeKey=2` has CloudFront show the API its second key; counted up, it makes another one
 * - `publicUrl=https://d….cloudfront.net/` has links begin with the address of the edge, where there is no domain
 * - `waf=true` makes a web ACL before the edge, which refuses an address that sends more than 10,000 requests in five minutes, or as many as
 *   `requestsInFiveMinutes` says; `webAclArn=arn:aws:wafv2:us-east-1:…` puts another one there
 * - `dashboard=true` makes a dashboard of CloudWatch
 * - `customerManagedKey=false` leaves encryption to keys of AWS
 * - `requestsInFiveMinutes=2000` without the edge makes a web ACL that refuses an address which sends more
 * - `restored=AlertsTable=arn:aws:dynamodb:…/stream/…` has the stage use a table that `npm run restore` has made, or what an
 *   earlier life of the stage left behind: tables, secrets, the key and the bucket
 * - `gradual=true` gives new code a tenth of the calls first, and takes it back where it fails
 * - `ingestApi=false` leaves out the cheaper address for what machines send, and `ingestApi=true` makes it beside a web ACL, too
 * - `costExplorer=true` reads the costs of the month from Cost Explorer
 * - `auditCopiesDays=365` keeps copies of the checkpoints of the audit trail that nobody can change or delete for so long
 * - `selfMonitor=false` makes no monitor of Tocsin itself
 * - `fips=true` has functions call the FIPS endpoints of AWS
 * - `accountConcurrency=1000` reserves some of it for what everybody waits for
 * - `privateEndpoints=true` lets subscribers be plain http and private hosts: for the run on one machine
 */
export const withOptions = (stage: StageConfig, option: Option): StageConfig => {
  const [mailFrom, smsReplies, privateEndpoints] = ['mailFrom', 'smsReplies', 'privateEndpoints'].map(option);
  const [dashboard, customerManagedKey, costExplorer] = ['dashboard', 'customerManagedKey', 'costExplorer'].map(option);
  const [fips, gradual, selfMonitor] = ['fips', 'gradual', 'selfMonitor'].map(option);
  const ingestApi = option('ingestApi');
  const [targetRanges, operators] = [listed(option('targetRanges')), listed(option('operators'))];
  const restored = listed(option('restored'))?.map(restoredResource);
  const network = networkIn(option);
  const edge = option('edge') === undefined ? stage.edge : option('edge') === 'true';
  const domain = domainIn(option, edge);
  const [webAclArn, publicUrl] = ['webAclArn', 'publicUrl'].map(option);
  if (publicUrl !== undefined && !/^https:\/\/[\w.-]+\/$/.test(publicUrl)) {
    throw new Error(`publicUrl must be an address such as https://d111111abcdef8.cloudfront.net/, and is ${publicUrl}`);
  }
  const smsMonthlyDollars = numberIn(option, 'smsMonthlyDollars');
  const monthlyDollars = numberIn(option, 'monthlyDollars');
  const accountConcurrency = numberIn(option, 'accountConcurrency');
  const edgeKey = numberIn(option, 'edgeKey');
  const auditCopiesDays = numberIn(option, 'auditCopiesDays');
  const requestsInFiveMinutes = numberIn(option, 'requestsInFiveMinutes');
  if (requestsInFiveMinutes !== undefined && requestsInFiveMinutes < LEAST_LIMIT) {
    throw new Error(`requestsInFiveMinutes must be at least ${LEAST_LIMIT}, which AWS WAF takes at least`);
  }
  const waf = option('waf') === 'true';
  if (requestsInFiveMinutes !== undefined && edge && !waf) {
    throw new Error(
      'requestsInFiveMinutes counts addresses at the API, which behind the edge are those of CloudFront. Give -c waf=true beside it, or -c edge=false',
    );
  }
  if (waf && !edge) throw new Error('waf=true is for the edge. With -c edge=false give -c requestsInFiveMinutes');
  if (waf && webAclArn !== undefined) throw new Error('the edge has one web ACL: give either waf=true or webAclArn');
  const watchdogUrl = option('watchdogUrl');
  if (watchdogUrl !== undefined && !URL.canParse(watchdogUrl)) {
    throw new Error(`watchdogUrl must be a URL, and is ${watchdogUrl}`);
  }
  if (monthlyDollars !== undefined && (operators ?? stage.operators).length === 0) {
    throw new Error('monthlyDollars needs -c operators: AWS Budgets sends a mail to them');
  }
  if (targetRanges?.some((range) => !isLoopback(range)) && !network) {
    throw new Error(
      'targetRanges needs -c vpcId and -c subnetIds: functions run in a network of Lambda, from which no private address is reached',
    );
  }
  const sms = option('sms');
  if (sms !== undefined && sms !== 'sns' && sms !== 'end-user-messaging') {
    throw new Error(`sms must be sns or end-user-messaging, and is ${sms}`);
  }
  return {
    ...stage,
    ...(sms !== undefined && { sms }),
    ...(mailFrom !== undefined && { mailFrom }),
    ...(smsReplies !== undefined && { smsReplies: smsReplies === 'true' }),
    ...(privateEndpoints !== undefined && { allowPrivateEndpoints: privateEndpoints === 'true' }),
    ...(dashboard !== undefined && { dashboard: dashboard === 'true' }),
    ...(customerManagedKey !== undefined && { customerManagedKey: customerManagedKey === 'true' }),
    // A web ACL of the API does not protect the cheaper address, so beside one it is made where it is asked for.
    ingestApi:
      ingestApi === undefined ? stage.ingestApi && (edge || requestsInFiveMinutes === undefined) : ingestApi === 'true',
    ...(costExplorer !== undefined && { costExplorer: costExplorer === 'true' }),
    ...(waf && { edgeRequestsInFiveMinutes: requestsInFiveMinutes ?? EDGE_LIMIT }),
    ...(requestsInFiveMinutes !== undefined && !edge && { requestsInFiveMinutes }),
    ...(restored && { restored: Object.fromEntries(restored) }),
    ...(auditCopiesDays !== undefined && { auditCopiesDays }),
    ...(selfMonitor !== undefined && { selfMonitor: selfMonitor === 'true' }),
    ...(gradual !== undefined && { gradual: gradual === 'true' }),
    ...(fips !== undefined && { fips: fips === 'true' }),
    ...(targetRanges && { targetRanges }),
    ...(network && { network }),
    ...(domain && { domain }),
    ...(webAclArn !== undefined && { webAclArn }),
    ...(publicUrl !== undefined && { publicUrl }),
    edge,
    ...(edgeKey !== undefined && { edgeKey }),
    ...(operators && { operators }),
    ...(watchdogUrl !== undefined && { watchdogUrl }),
    ...(smsMonthlyDollars !== undefined && { smsMonthlyDollars }),
    ...(monthlyDollars !== undefined && { monthlyDollars }),
    ...(accountConcurrency !== undefined && { accountConcurrency }),
  };
};

/** The ARN of what is restored, by how its logical id ends: of a table that of its stream. */
const RESTORED = {
  Table: /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+\/stream\/\S+$/,
  Secret: /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:\S+$/,
  Key: /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/\S+$/,
  Bucket: /^arn:[\w-]+:s3:::[a-z0-9.-]+$/,
} as const;

const restoredResource = (text: string): readonly [logicalId: string, arn: string] => {
  const [, logicalId = '', kind = '', arn = ''] = /^([A-Z]\w*(Table|Secret|Key|Bucket))=(\S+)$/.exec(text) ?? [];
  if (!RESTORED[kind as keyof typeof RESTORED]?.test(arn)) {
    throw new Error(`restored must be as npm run restore prints it, and is ${text}`);
  }
  return [logicalId, arn];
};

const networkIn = (option: Option): Network | undefined => {
  const vpcId = option('vpcId');
  const subnetIds = listed(option('subnetIds')) ?? [];
  if (vpcId === undefined && subnetIds.length === 0) return undefined;
  if (vpcId === undefined || subnetIds.length === 0) throw new Error('vpcId and subnetIds go together: give both');
  return { vpcId, subnetIds };
};

const domainIn = (option: Option, edge: boolean): Domain | undefined => {
  const [name, certificateArn, hostedZoneId] = ['domain', 'certificateArn', 'hostedZoneId'].map(option);
  if (name === undefined && certificateArn === undefined) return undefined;
  if (name === undefined || certificateArn === undefined) {
    throw new Error('domain and certificateArn go together: give both');
  }
  if (edge && !certificateArn.includes(':us-east-1:')) {
    throw new Error(
      'certificateArn must be of us-east-1, where CloudFront looks for it. With -c edge=false it is of the region of the stage',
    );
  }
  return { name, certificateArn, ...(hostedZoneId !== undefined && { hostedZoneId }) };
};

const numberIn = (option: Option, name: string): number | undefined => {
  const text = option(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a number above 0, and is ${text}`);
  return value;
};
