import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { UsageKeys } from '../gateway/usage.ts';
import { createGuard } from '../iam/guard.ts';
import type { Assembly, Lambdas, LocalClock, LocalLog } from '../types.ts';
import { NO_APPLICATION, type Application } from './application.ts';
import type { SendTo } from './core/async-invoke.ts';
import { createFaults } from './core/faults.ts';
import { startHttpServer } from './core/http-server.ts';
import { createApiGatewayControl } from './apigateway-control/service.ts';
import { startCloudWatch } from './cloudwatch/service.ts';
import { createDispatch } from './dispatch.ts';
import { startDynamo } from './dynamodb/service.ts';
import { startInvocations } from './invocations/service.ts';
import { createLocalRoutes, type LocalRoutes } from './local-routes.ts';
import { startParameters } from './parameters/service.ts';
import { startS3, type ServedFile } from './s3/service.ts';
import { startSchedules, type SkippedRuns } from './schedules/service.ts';
import { startSecrets } from './secrets/service.ts';
import { createSes } from './ses/service.ts';
import { startSns, type SnsService } from './sns/service.ts';
import { createSmsVoice } from './sms-voice/service.ts';
import { startSqs } from './sqs/service.ts';

export interface ServicesOptions {
  readonly assembly: Assembly;
  readonly lambdas: Lambdas;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  /** Undefined: everything is in memory. */
  readonly dataDir: string | undefined;
  readonly usageKeys: UsageKeys;
  /** Values of parameters by name; they win over what an earlier run kept. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What the application brings along that is none of AWS. */
  readonly application?: Application;
  /** Where the gateway is reached; links in messages begin with it. */
  readonly publicUrl: () => string;
  /** Functions reach DynamoDB through a proxy, so that it holds them to their roles and can be made to fail. Costs a hop. */
  readonly dynamoFront?: boolean;
}

export interface Services {
  /** By the name of the environment variable that an SDK reads. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly localRoutes: LocalRoutes;
  /** The file at a path of the distribution; undefined where there is none. */
  servedFile(path: string): ServedFile | undefined;
  /** Runs of schedules that moves of the clock left out since this was last asked. */
  takeSkipped(): readonly SkippedRuns[];
  /** What functions asked for and their roles do not allow. */
  refused(): readonly string[];
  /** Functions are held to the roles of this assembly from now on. */
  reload(assembly: Assembly): void;
  /** Resolves when nothing is undelivered: no stream record, no visible message with a function, no due delivery. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** The services of the assembly on 127.0.0.1, for the SDK's clients as they are. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { assembly, lambdas, clock, log, publicUrl, application = NO_APPLICATION } = options;
  const directory = (name: string) => options.dataDir && join(options.dataDir, name);
  const faults = createFaults();
  const guard = createGuard(assembly, log);
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };

  try {
    let url = '';
    // Queues and topics send to each other: the topic comes to be a moment later.
    const later: { sns?: SnsService } = {};
    const sqs = startSqs({ assembly, lambdas, clock, directory: directory('sqs'), url: () => url });
    closers.push(() => sqs.stop());

    const sendTo: SendTo = (arn, body, attributes = {}, groupId = 'local') => {
      const queue = sqs.queues.find(arn);
      if (arn.includes(':sns:')) later.sns?.api.publish(arn, body, attributes);
      else if (queue) queue.send({ body, attributes, ...(queue.isFifo && { groupId, deduplicationId: randomUUID() }) });
      else log('services', `There is no ${arn} to send to`);
    };

    const sns = await startSns({
      assembly,
      queues: sqs.queues,
      lambdas,
      clock,
      log,
      directory: directory('sns'),
      publicUrl,
      shownTopic: application.shownTopic,
      sendTo,
    });
    later.sns = sns;
    closers.push(() => sns.stop());

    const secrets = startSecrets({
      assembly,
      clock,
      directory: directory('secrets'),
    });
    closers.push(() => secrets.stop());
    const parameters = startParameters({
      assembly,
      clock,
      directory: directory('parameters'),
      given: options.parameters,
    });
    closers.push(() => parameters.stop());
    const s3 = startS3({ assembly, clock, directory: directory('s3') });
    closers.push(() => s3.stop());
    const additions = await application.add({
      assembly,
      clock,
      faults,
      outbox: sns.outbox,
      parameters: parameters.api,
      publish: (topicArn, text) => sns.api.publish(topicArn, text, {}),
      publicUrl,
    });

    const invocations = startInvocations({
      assembly,
      lambdas,
      clock,
      log,
      directory: directory('invocations'),
      sendTo,
    });
    closers.push(() => invocations.stop());

    const dispatch = createDispatch(
      {
        json: {
          AmazonSQS: { service: 'sqs', version: '1.0', api: sqs.api },
          GraniteServiceVersion20100801: {
            service: 'cloudwatch',
            version: '1.0',
            api: startCloudWatch({ assembly, lambdas, queues: sqs.queues, clock }),
          },
          PinpointSMSVoiceV2: {
            service: 'sms-voice',
            version: '1.0',
            api: createSmsVoice({
              assembly,
              clock,
              outbox: sns.outbox,
              publish: (topicArn, text) => void sns.api.publish(topicArn, text, {}),
            }),
          },
          AmazonSSM: { service: 'ssm', version: '1.1', api: parameters.api },
          secretsmanager: { service: 'secretsmanager', version: '1.1', api: secrets.api },
        },
        sns: sns.api,
        s3,
        rest: {
          ...additions.services,
          lambda: invocations.api,
          ses: createSes({
            assembly,
            clock,
            outbox: sns.outbox,
            publish: (topicArn, text) => void sns.api.publish(topicArn, text, {}),
          }),
          apigateway: createApiGatewayControl(options.usageKeys),
        },
      },
      { faults, guard, assembly, log },
    );
    const server = await startHttpServer(dispatch);
    url = server.url;
    closers.push(() => server.stop());

    const dynamo = await startDynamo({
      assembly,
      lambdas,
      clock,
      log,
      directory: directory('dynamodb'),
      front: options.dynamoFront ? { faults, guard } : undefined,
      sendTo,
    });
    closers.push(() => dynamo.stop());

    let settled = 0;
    lambdas.onSettled(() => (settled += 1));
    sqs.startDelivery();
    sns.startDelivery();
    invocations.start();
    const schedules = startSchedules({ assembly, lambdas, clock, log, sendTo });
    closers.push(() => schedules.stop());

    return {
      endpoints: {
        AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamo.endpoint,
        AWS_ENDPOINT_URL_SNS: url,
        AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: url,
        AWS_ENDPOINT_URL_SESV2: url,
        AWS_ENDPOINT_URL_SQS: url,
        AWS_ENDPOINT_URL_CLOUDWATCH: url,
        AWS_ENDPOINT_URL_S3: url,
        AWS_ENDPOINT_URL_LAMBDA: url,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
        AWS_ENDPOINT_URL_SSM: url,
        AWS_ENDPOINT_URL_API_GATEWAY: url,
        ...additions.variables(url),
      },
      localRoutes: createLocalRoutes(sns, faults, additions.routes),
      servedFile: (path) => s3.served(path),
      takeSkipped: () => schedules.takeSkipped(),
      refused: () => guard.refused(),
      reload: (next) => guard.reload(next),
      // What one delivers may give another something to deliver, so it takes a round in which nobody was invoked.
      async flush() {
        let before: number;
        do {
          before = settled;
          await Promise.all([dynamo.drain(), sqs.drain(), sns.drain(), invocations.drain()]);
        } while (settled !== before);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
