import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import type { Emulator } from './emulator.ts';

export interface FirstAdministrator {
  readonly username: string;
  readonly password: string;
}

/** What an operator finds in the account after a deployment, by the account's own APIs. */
export interface Account {
  /** Where the deployed API answers, without a slash at the end. */
  apiUrl(): Promise<string>;
  firstAdministrator(): Promise<FirstAdministrator>;
  apiId(): Promise<string>;
  /** Value of a gateway key that a usage plan of the API carries, once there is one. */
  usageKey(): Promise<string>;
  /** Values of all such keys. */
  meters(): Promise<readonly string[]>;
  /** Makes a queue that receives what the alerts topic publishes, and gives its URL. */
  subscribeQueue(name: string): Promise<string>;
  /** Takes what the queue holds, waiting up to two seconds for something. */
  takeMessages(queueUrl: string): Promise<readonly AlertMessage[]>;
}

export function accountOf({ endpoint, region }: Emulator, stageName = 'dev'): Account {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const gateway = new APIGatewayClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const topics = new SNSClient(settings);
  const queues = new SQSClient(settings);
  const formation = new CloudFormationClient(settings);

  const physical = async (stack: string, LogicalResourceId: string): Promise<string> => {
    const StackName = `Tocsin-${stageName}-${stack}`;
    const { StackResourceDetail } = await formation.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
    );
    return StackResourceDetail?.PhysicalResourceId ?? '';
  };

  /** The values of the keys that are in a usage plan of an API. */
  const keysOf = async (apiId: string): Promise<readonly string[]> => {
    const { items: plans = [] } = await gateway.send(new GetUsagePlansCommand({}));
    const ours = plans.filter(({ apiStages = [] }) => apiStages.some((each) => each.apiId === apiId));
    const ids = new Set<string>();
    for (const { id: usagePlanId } of ours) {
      const { items = [] } = await gateway.send(new GetUsagePlanKeysCommand({ usagePlanId }));
      for (const { id } of items) if (id !== undefined) ids.add(id);
    }
    const { items: keys = [] } = await gateway.send(new GetApiKeysCommand({ includeValues: true, limit: 500 }));
    return keys.flatMap(({ id, enabled, value }) => (id && ids.has(id) && enabled !== false && value ? [value] : []));
  };

  return {
    apiUrl: async () => `${endpoint}/_aws/execute-api/${await physical('api', 'Gateway')}/${stageName}`,
    apiId: () => physical('api', 'Gateway'),
    firstAdministrator: async () => {
      const { SecretString = '' } = await secrets.send(
        new GetSecretValueCommand({ SecretId: await physical('data', 'FirstAdminSecret') }),
      );
      return JSON.parse(SecretString) as FirstAdministrator;
    },
    usageKey: async () => {
      const [key] = await keysOf(await physical('api', 'Gateway'));
      if (key === undefined) throw new Error('there is no gateway key');
      return key;
    },
    meters: async () => keysOf(await physical('api', 'Gateway')),
    subscribeQueue: async (name) => {
      const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: name }));
      const { Attributes } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      await topics.send(
        new SubscribeCommand({
          TopicArn: await physical('data', 'AlertsTopic'),
          Protocol: 'sqs',
          Endpoint: Attributes?.['QueueArn'],
          Attributes: { RawMessageDelivery: 'true' },
        }),
      );
      return QueueUrl ?? '';
    },
    takeMessages: async (QueueUrl) => {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
      );
      for (const { ReceiptHandle } of Messages)
        await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Messages.map(({ Body }) => JSON.parse(Body ?? '') as AlertMessage);
    },
  };
}
