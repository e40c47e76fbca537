import { APIGatewayClient, GetApiKeysCommand, GetRestApisCommand, GetStagesCommand } from '@aws-sdk/client-api-gateway';
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
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
  /** Value of a gateway key that a usage plan carries, once there is one. */
  usageKey(): Promise<string>;
  /** Makes a queue that receives what the alerts topic publishes, and gives its URL. */
  subscribeQueue(name: string): Promise<string>;
  /** Takes what the queue holds, waiting up to two seconds for something. */
  takeMessages(queueUrl: string): Promise<readonly AlertMessage[]>;
}

export function accountOf({ endpoint, region }: Emulator): Account {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const gateway = new APIGatewayClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const topics = new SNSClient(settings);
  const queues = new SQSClient(settings);

  const alertsTopic = async (): Promise<string> => {
    const { Topics = [] } = await topics.send(new ListTopicsCommand({}));
    const arns = Topics.flatMap(({ TopicArn }) => (TopicArn ? [TopicArn] : []));
    return only(
      'alerts topic',
      arns.filter((arn) => /alerts/i.test(arn.split(':').at(-1) ?? '')),
    );
  };

  return {
    apiUrl: async () => {
      const { items: apis = [] } = await gateway.send(new GetRestApisCommand({}));
      const { id } = only('REST API', apis);
      const { item: stages = [] } = await gateway.send(new GetStagesCommand({ restApiId: id }));
      return `${endpoint}/_aws/execute-api/${id}/${only('stage', stages).stageName}`;
    },
    firstAdministrator: async () => {
      const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
      const values = await Promise.all(
        SecretList.map(({ ARN }) => secrets.send(new GetSecretValueCommand({ SecretId: ARN }))),
      );
      return only(
        'secret with a username and a password',
        values.map(({ SecretString }) => SecretString).flatMap(administrator),
      );
    },
    usageKey: async () => {
      const { items = [] } = await gateway.send(new GetApiKeysCommand({ includeValues: true }));
      const [key] = items.filter(({ enabled, value }) => enabled !== false && value);
      if (!key?.value) throw new Error('there is no gateway key');
      return key.value;
    },
    subscribeQueue: async (name) => {
      const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: name }));
      const { Attributes } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      await topics.send(
        new SubscribeCommand({
          TopicArn: await alertsTopic(),
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

function only<T>(what: string, found: readonly T[]): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`expected one ${what}, found ${found.length}`);
  return first;
}

function administrator(text: string | undefined): readonly FirstAdministrator[] {
  try {
    const { username, password } = JSON.parse(text ?? '') as Partial<FirstAdministrator>;
    return typeof username === 'string' && typeof password === 'string' ? [{ username, password }] : [];
  } catch {
    return [];
  }
}
