import { createHash } from 'node:crypto';

/** Where a resource stands; enough to name it the same way in every run. */
export interface Place {
  readonly stack: string;
  readonly logicalId: string;
  readonly region: string;
  readonly account: string;
}

/** How a resource is called: `ref` answers `Ref`, `attributes` answer `Fn::GetAtt`. */
export interface Identity {
  readonly ref: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Properties = Readonly<Record<string, unknown>>;
type Naming = (place: Place, properties: Properties) => { ref: string; arn?: string } & Record<string, string>;

/**
 * The physical name is the explicit one, else `<stack>-<logicalId>`; generated ids are a hash of the same.
 * So two runs of one assembly give the same names, and data of the last run is found again.
 * A type that is not listed answers `Ref` with its name and every attribute with `<name>.<attribute>`.
 */
export function identityOf(type: string, place: Place, properties: Properties): Identity {
  const naming = namings[type];
  if (naming) {
    const { ref, arn = ref, ...attributes } = naming(place, properties);
    return { ref, arn, attributes: { Arn: arn, ...attributes } };
  }
  const ref = typeof properties['Name'] === 'string' ? properties['Name'] : defaultName(place);
  return { ref, arn: ref, attributes: {} };
}

const namings: Readonly<Record<string, Naming>> = {
  'AWS::DynamoDB::Table': (place, properties) => table(place, properties),
  'AWS::DynamoDB::GlobalTable': (place, properties) => table(place, properties),
  'AWS::SQS::Queue': (place, properties) => {
    const fifo = properties['FifoQueue'] === true || properties['FifoQueue'] === 'true';
    const queue = nameOf(properties, 'QueueName') ?? defaultName(place) + (fifo ? '.fifo' : '');
    const url = `https://sqs.${place.region}.amazonaws.com/${place.account}/${queue}`;
    return { ref: url, arn: arnOf(place, 'sqs', queue), QueueName: queue, QueueUrl: url };
  },
  'AWS::SNS::Topic': (place, properties) => {
    const fifo = properties['FifoTopic'] === true || properties['FifoTopic'] === 'true';
    const topic = nameOf(properties, 'TopicName') ?? defaultName(place) + (fifo ? '.fifo' : '');
    const arn = arnOf(place, 'sns', topic);
    return { ref: arn, arn, TopicArn: arn, TopicName: topic };
  },
  'AWS::SNS::Subscription': (place) => byArn(arnOf(place, 'sns', `${defaultName(place)}:${uuid(place)}`)),
  'AWS::Lambda::Function': (place, properties) => {
    const name = nameOf(properties, 'FunctionName') ?? defaultName(place);
    return { ref: name, arn: arnOf(place, 'lambda', `function:${name}`) };
  },
  'AWS::Lambda::Version': (place, properties) => {
    const arn = `${functionArn(place, properties)}:1`;
    return { ref: arn, arn, FunctionArn: arn, Version: '1' };
  },
  'AWS::Lambda::Alias': (place, properties) =>
    byArn(`${functionArn(place, properties)}:${nameOf(properties, 'Name') ?? 'alias'}`),
  'AWS::Lambda::LayerVersion': (place) => byArn(arnOf(place, 'lambda', `layer:${defaultName(place)}:1`)),
  'AWS::Lambda::EventSourceMapping': (place) => ({ ref: uuid(place), Id: uuid(place) }),
  'AWS::SecretsManager::Secret': (place, properties) => {
    const name = nameOf(properties, 'Name') ?? defaultName(place);
    const arn = arnOf(place, 'secretsmanager', `secret:${name}-${shortId(place, 6)}`);
    return { ref: arn, arn, Id: arn };
  },
  'AWS::KMS::Key': (place) => ({
    ref: uuid(place),
    arn: arnOf(place, 'kms', `key/${uuid(place)}`),
    KeyId: uuid(place),
  }),
  'AWS::KMS::Alias': (_place, properties) => ({ ref: nameOf(properties, 'AliasName') ?? '' }),
  'AWS::IAM::Role': (place, properties) => {
    const name = nameOf(properties, 'RoleName') ?? defaultName(place);
    return { ref: name, arn: `arn:aws:iam::${place.account}:role/${name}`, RoleId: `AROA${shortId(place, 17)}` };
  },
  'AWS::IAM::ManagedPolicy': (place, properties) =>
    byArn(`arn:aws:iam::${place.account}:policy/${nameOf(properties, 'ManagedPolicyName') ?? defaultName(place)}`),
  'AWS::Logs::LogGroup': (place, properties) => {
    const name = nameOf(properties, 'LogGroupName') ?? defaultName(place);
    return { ref: name, arn: arnOf(place, 'logs', `log-group:${name}:*`) };
  },
  'AWS::ApiGateway::RestApi': (place) => ({
    ref: shortId(place),
    arn: `arn:aws:apigateway:${place.region}::/restapis/${shortId(place)}`,
    RestApiId: shortId(place),
    RootResourceId: shortId({ ...place, logicalId: `${place.logicalId}/` }),
  }),
  'AWS::ApiGateway::Resource': (place) => ({ ref: shortId(place), ResourceId: shortId(place) }),
  'AWS::ApiGateway::Deployment': (place) => ({ ref: shortId(place), DeploymentId: shortId(place) }),
  'AWS::ApiGateway::Authorizer': (place) => ({ ref: shortId(place), AuthorizerId: shortId(place) }),
  'AWS::ApiGateway::RequestValidator': (place) => ({ ref: shortId(place), RequestValidatorId: shortId(place) }),
  'AWS::ApiGateway::UsagePlan': (place) => ({ ref: shortId(place), Id: shortId(place) }),
  'AWS::ApiGateway::ApiKey': (place) => ({ ref: shortId(place), APIKeyId: shortId(place) }),
  'AWS::ApiGateway::Stage': (_place, properties) => ({ ref: nameOf(properties, 'StageName') ?? 'prod' }),
  'AWS::ApiGateway::Model': (place, properties) => ({
    ref: nameOf(properties, 'Name') ?? defaultName(place).replaceAll(/[^A-Za-z0-9]/g, ''),
  }),
  'AWS::Events::EventBus': (place, properties) => named(place, properties, 'Name', 'events', 'event-bus/'),
  'AWS::Events::Rule': (place, properties) => named(place, properties, 'Name', 'events', 'rule/'),
  'AWS::Scheduler::ScheduleGroup': (place, properties) =>
    named(place, properties, 'Name', 'scheduler', 'schedule-group/'),
  'AWS::Scheduler::Schedule': (place, properties) => {
    const group = nameOf(properties, 'GroupName') ?? 'default';
    return named(place, properties, 'Name', 'scheduler', `schedule/${group}/`);
  },
  'AWS::CloudWatch::Alarm': (place, properties) => named(place, properties, 'AlarmName', 'cloudwatch', 'alarm:'),
  'AWS::CloudWatch::CompositeAlarm': (place, properties) =>
    named(place, properties, 'AlarmName', 'cloudwatch', 'alarm:'),
  'AWS::CloudWatch::Dashboard': (place, properties) => ({
    ref: nameOf(properties, 'DashboardName') ?? defaultName(place),
  }),
  'AWS::SSM::Parameter': (place, properties) => {
    const name = nameOf(properties, 'Name') ?? defaultName(place);
    const value = properties['Value'];
    return { ref: name, ...(typeof value === 'string' ? { Value: value } : {}), Type: String(properties['Type']) };
  },
  'AWS::S3::Bucket': (place, properties) => {
    const name = nameOf(properties, 'BucketName') ?? defaultName(place).toLowerCase();
    return {
      ref: name,
      arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${place.region}.amazonaws.com`,
    };
  },
  'AWS::CloudFront::Function': (place, properties) => {
    const name = nameOf(properties, 'Name') ?? defaultName(place);
    const arn = `arn:aws:cloudfront::${place.account}:function/${name}`;
    return { ref: arn, arn, FunctionARN: arn };
  },
  'AWS::CloudFront::Distribution': (place) => ({
    ref: `E${shortId(place, 13).toUpperCase()}`,
    Id: `E${shortId(place, 13).toUpperCase()}`,
    DomainName: `d${shortId(place, 13)}.cloudfront.net`,
  }),
};

function table(place: Place, properties: Properties): ReturnType<Naming> {
  const name = nameOf(properties, 'TableName') ?? defaultName(place);
  const arn = arnOf(place, 'dynamodb', `table/${name}`);
  return { ref: name, arn, StreamArn: `${arn}/stream/2025-01-01T00:00:00.000`, TableId: uuid(place) };
}

function named(place: Place, properties: Properties, property: string, service: string, prefix: string) {
  const name = nameOf(properties, property) ?? defaultName(place);
  return { ref: name, arn: arnOf(place, service, prefix + name), Name: name };
}

function byArn(arn: string): { ref: string; arn: string } {
  return { ref: arn, arn };
}

function functionArn(place: Place, properties: Properties): string {
  const name = nameOf(properties, 'FunctionName') ?? defaultName(place);
  return name.startsWith('arn:') ? name : arnOf(place, 'lambda', `function:${name}`);
}

function nameOf(properties: Properties, property: string): string | undefined {
  const value = properties[property];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function defaultName(place: Place): string {
  return `${place.stack}-${place.logicalId}`;
}

function arnOf(place: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.account}:${resource}`;
}

function digest(place: Place): Buffer {
  return createHash('sha256').update(defaultName(place)).digest();
}

function shortId(place: Place, length = 10): string {
  return BigInt(`0x${digest(place).toString('hex')}`)
    .toString(36)
    .slice(0, length);
}

function uuid(place: Place): string {
  const hex = digest(place).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
