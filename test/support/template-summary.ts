import type { Resources } from './templates.ts';

/** The properties of a resource that are worth a review, by type; other properties follow from constructs or change with every build. */
const KEY_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::RestApi': ['ApiKeySourceType'],
  'AWS::ApiGateway::Authorizer': ['Type', 'IdentitySource', 'AuthorizerResultTtlInSeconds'],
  'AWS::ApiGateway::GatewayResponse': ['ResponseType', 'StatusCode'],
  'AWS::ApiGateway::UsagePlan': ['Throttle', 'Quota'],
  'AWS::CloudWatch::Alarm': [
    'Namespace',
    'MetricName',
    'Statistic',
    'Threshold',
    'EvaluationPeriods',
    'DatapointsToAlarm',
    'TreatMissingData',
  ],
  'AWS::DynamoDB::Table': ['KeySchema', 'GlobalSecondaryIndexes', 'TimeToLiveSpecification', 'StreamSpecification'],
  'AWS::Events::Rule': ['ScheduleExpression', 'EventPattern'],
  'AWS::IAM::Policy': ['PolicyDocument'],
  'AWS::KMS::Key': ['EnableKeyRotation', 'KeyPolicy'],
  'AWS::Lambda::EventSourceMapping': [
    'BatchSize',
    'Enabled',
    'FilterCriteria',
    'MaximumBatchingWindowInSeconds',
    'MaximumRecordAgeInSeconds',
    'ParallelizationFactor',
    'ScalingConfig',
  ],
  'AWS::Lambda::Function': ['Description', 'MemorySize', 'Timeout'],
  'AWS::SNS::Subscription': ['Protocol', 'RawMessageDelivery', 'FilterPolicy'],
  'AWS::SNS::Topic': ['SignatureVersion', 'TracingConfig'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument'],
  'AWS::SQS::Queue': ['FifoQueue', 'VisibilityTimeout', 'RedrivePolicy', 'MessageRetentionPeriod'],
};

/** Made from the routes, one for one, which other tests hold: adding a route changes no snapshot. */
const MADE_FROM_ROUTES = /^AWS::ApiGateway::(Resource|Method|Model|Deployment)$/;

/**
 * A template as lines to review: type, logical id and key properties of each resource, sorted, without hashes of assets.
 */
export const summaryOf = (resources: Resources): string =>
  Object.entries(resources)
    .filter(([, { Type }]) => !MADE_FROM_ROUTES.test(Type))
    .map(([id, { Type, DeletionPolicy, Properties = {} }]) => {
      const shown = (KEY_PROPERTIES[Type] ?? []).filter((name) => Properties[name] !== undefined);
      return [
        `${Type} ${id}${DeletionPolicy?.startsWith('Retain') ? ' (retained)' : ''}`,
        ...facts(shown.map((name) => [name, plain(Properties[name])])),
        ...shown.flatMap((name) => statementsIn(plain(Properties[name]))),
      ].join('\n');
    })
    .sort()
    .join('\n')
    .concat('\n');

/** On one line: what is no policy. */
const facts = (properties: readonly (readonly [string, unknown])[]): string[] => {
  const texts = properties
    .filter(([, value]) => !isPolicy(value))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return texts.length > 0 ? [`  ${texts.join(', ')}`] : [];
};

const isPolicy = (value: unknown): value is { readonly Statement: readonly Record<string, unknown>[] } =>
  typeof value === 'object' && value !== null && 'Statement' in value;

const statementsIn = (value: unknown): string[] =>
  isPolicy(value)
    ? value.Statement.map(({ Effect, Action, Resource, Condition, Principal }) => {
        const narrowed = [Principal && { Principal }, Condition && { Condition }].filter(Boolean);
        return `  ${[Effect, list(Action), 'on', list(Resource), ...narrowed.map((each) => JSON.stringify(each))].join(' ')}`;
      })
    : [];

const list = (value: unknown): string => [value].flat().map(String).join(', ');

/** Intrinsic functions as the name that they stand for. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1) {
    if (name === 'Ref') return argument;
    if (name === 'Fn::GetAtt') return (argument as string[]).join('.');
    if (name === 'Fn::GetStackOutput') return outputOf(argument as StackOutput);
    if (name === 'Fn::Join') return (plain((argument as [string, unknown[]])[1]) as unknown[]).join('');
  }
  return Object.fromEntries(entries.map(([key, of]) => [key, plain(of)]));
};

interface StackOutput {
  readonly StackName: string;
  readonly OutputName: string;
}

/** `data:AlertsTableArn`: the stack, then the resource with its attribute. */
const outputOf = ({ StackName, OutputName }: StackOutput): string =>
  `${StackName.split('-').at(-1)}:${OutputName.replace(/^PublishOutput(FnGetAtt|Ref)(\w+?)([0-9A-F]{8})?$/, '$2')}`;
