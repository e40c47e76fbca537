import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import { parameter } from '../../shared/aws/parameters.ts';
import { parameterNames } from '../../shared/kernel/parameter-names.ts';
import type { Emulator } from './emulator.ts';
import { gatewayKeysOf } from './gateway-keys.ts';

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
  /** Values of the gateway keys that usage plans of the API carry. */
  meters(): Promise<readonly string[]>;
  /** Has the alarms of the stage be well, as CloudWatch has them after some minutes. The emulator waits for a first datapoint. */
  endAlarms(): Promise<void>;
  /** The topics of the stage to which an alarm is delivered from now on. */
  alarmActions(): Promise<(alarm: string) => Promise<readonly string[]>>;
  /** Makes a queue that receives what the alerts topic publishes, and gives its URL. */
  subscribeQueue(name: string): Promise<string>;
  /** Takes what the queue holds, waiting up to two seconds for something. */
  takeMessages(queueUrl: string): Promise<readonly AlertMessage[]>;
}

export function accountOf({ endpoint, region }: Emulator, stageName = 'dev'): Account {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const gateway = new APIGatewayClient(settings);
  const ssm = new SSMClient(settings);
  const topics = new SNSClient(settings);
  const queues = new SQSClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  const formation = new CloudFormationClient(settings);

  const physical = async (stack: string, LogicalResourceId: string): Promise<string> => {
    const StackName = `Tocsin-${stageName}-${stack}`;
    const { StackResourceDetail } = await formation.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
    );
    return StackResourceDetail?.PhysicalResourceId ?? '';
  };

  /** A queue that receives what a topic publishes, as it is. */
  const queueOf = async (TopicArn: string, QueueName: string): Promise<string> => {
    const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName }));
    const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const Endpoint = Attributes?.['QueueArn'];
    const raw = { RawMessageDelivery: 'true' };
    await topics.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes: raw }));
    return QueueUrl ?? '';
  };
  const take = async (QueueUrl: string): Promise<readonly string[]> => {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
    );
    for (const { ReceiptHandle } of Messages) await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body = '' }) => Body);
  };

  return {
    apiUrl: async () => `${endpoint}/_aws/execute-api/${await physical('api', 'Gateway')}/${stageName}`,
    apiId: () => physical('api', 'Gateway'),
    firstAdministrator: async () =>
      JSON.parse((await parameter(ssm, parameterNames(stageName).firstLogin)) ?? '') as FirstAdministrator,
    meters: async () => gatewayKeysOf(gateway, await physical('api', 'Gateway')),
    endAlarms: async () => {
      for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
        { client: cloudwatch },
        { AlarmNamePrefix: `Tocsin-${stageName}-` },
      )) {
        for (const { AlarmName } of MetricAlarms)
          await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'no datapoint' }));
      }
    },
    alarmActions: async () => {
      const topics = [await physical('data', 'AlertsTopic'), await physical('data', 'OperatorsTopic')];
      const queues = await Promise.all(topics.map((topic, i) => queueOf(topic, `alarms-${i}`)));
      const delivered = new Map<string, Set<string>>();
      return async (alarm) => {
        for (const [i, queue] of queues.entries()) {
          for (const text of await take(queue)) {
            const { AlarmName = '' } = JSON.parse(text) as { readonly AlarmName?: string };
            delivered.set(AlarmName, (delivered.get(AlarmName) ?? new Set()).add(topics[i] ?? ''));
          }
        }
        return [...(delivered.get(alarm) ?? [])];
      };
    },
    subscribeQueue: async (name) => queueOf(await physical('data', 'AlertsTopic'), name),
    takeMessages: async (queue) => (await take(queue)).map((text) => JSON.parse(text) as AlertMessage),
  };
}
