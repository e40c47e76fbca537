import { gzipSync } from 'node:zlib';
import type { Assembly, Lambdas, LocalClock, LocalLog } from '../types.ts';
import type { Caller, GatewayRequest } from './request.ts';

/** What the access log tells of a request. */
export interface Accessed {
  readonly request: GatewayRequest;
  readonly caller: Caller;
  readonly resourcePath: string;
  readonly status: number;
  /** Of a request that the gateway refused itself. */
  readonly refusal: string | undefined;
}

export interface AccessLog {
  write(accessed: Accessed): void;
}

interface Subscription {
  readonly logGroup: string;
  readonly functionArn: string;
  readonly isWanted: (line: Readonly<Record<string, unknown>>) => boolean;
}

interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

const MOST_EVENTS = 1_000;
/** A delivery that fails is tried again so often. */
const ATTEMPTS = 3;

/** Reads patterns of JSON lines that compare texts and are joined by `||`. */
const patternOf = (text: string): Subscription['isWanted'] => {
  const terms = text
    .replace(/^\s*\{|\}\s*$/g, '')
    .split('||')
    .map((term) => /^[\s(]*\$\.(\w+)\s*=\s*"([^"]*)"[\s)]*$/.exec(term));
  if (terms.some((term) => term === null))
    throw new Error(`The filter pattern ${text} is not supported by the local run`);
  return (line) => terms.some((term) => line[term?.[1] ?? ''] === term?.[2]);
};

/** The access log of an API's stage, as far as functions subscribe to it. Each gets what came while it worked, in one batch. */
export function createAccessLog(options: {
  readonly assembly: Assembly;
  readonly lambdas: Pick<Lambdas, 'invoke'>;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly kind: 'REST' | 'HTTP';
}): AccessLog {
  const { assembly, lambdas, clock, log, kind } = options;
  const [type, setting] =
    kind === 'REST'
      ? ['AWS::ApiGateway::Stage', 'AccessLogSetting']
      : ['AWS::ApiGatewayV2::Stage', 'AccessLogSettings'];
  const settings = assembly.byType(type)[0]?.properties[setting] as
    | { readonly DestinationArn?: string; readonly Format?: string }
    | undefined;
  const bare = (arn: unknown): string => String(arn).replace(/:\*$/, '');
  const group = assembly.byType('AWS::Logs::LogGroup').find(({ arn }) => bare(arn) === bare(settings?.DestinationArn));
  const subscriptions = assembly
    .byType('AWS::Logs::SubscriptionFilter')
    .filter(({ properties }) => group && properties['LogGroupName'] === group.physicalId)
    .map(({ properties }): Subscription => ({
      logGroup: String(properties['LogGroupName']),
      functionArn: String(properties['DestinationArn']),
      isWanted: patternOf(String(properties['FilterPattern'])),
    }));
  if (!settings?.Format || subscriptions.length === 0) return { write: () => undefined };
  const format = settings.Format;

  const deliver = (subscription: Subscription, logEvents: readonly LogEvent[]): Promise<unknown> => {
    const { logGroup, functionArn } = subscription;
    const batch = { messageType: 'DATA_MESSAGE', owner: assembly.account, logGroup, logStream: 'local', logEvents };
    const data = gzipSync(JSON.stringify(batch)).toString('base64');
    return lambdas.invoke(functionArn, { awslogs: { data } });
  };

  const sinks = subscriptions.map((subscription) => {
    const waiting: LogEvent[] = [];
    let isBusy = false;
    const work = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      while (waiting.length > 0) {
        const events = waiting.splice(0, MOST_EVENTS);
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
          try {
            await deliver(subscription, events);
            break;
          } catch (error) {
            log('access-log', `${subscription.functionArn} did not take ${events.length} lines`, error);
          }
        }
      }
      isBusy = false;
    };
    return {
      isWanted: subscription.isWanted,
      add: (event: LogEvent): void => {
        waiting.push(event);
        void work();
      },
    };
  });

  return {
    write: (accessed) => {
      const message = lineOf(format, accessed);
      const line = JSON.parse(message) as Record<string, unknown>;
      const event = { id: accessed.request.requestId, timestamp: Math.floor(clock.now()), message };
      for (const sink of sinks) if (sink.isWanted(line)) sink.add(event);
    },
  };
}

const lineOf = (format: string, { request, caller, resourcePath, status, refusal }: Accessed): string => {
  const values: Readonly<Record<string, string | number | undefined>> = {
    requestId: request.requestId,
    httpMethod: request.httpMethod,
    resourcePath,
    routeKey: `${request.httpMethod} ${resourcePath}`,
    status,
    'identity.sourceIp': request.sourceIp,
    'authorizer.id': caller.authorizer?.['id'],
    'error.responseType': refusal,
  };
  return format.replaceAll(/\$context\.([\w.]+)/g, (_, name: string) =>
    JSON.stringify(String(values[name] ?? '-')).slice(1, -1),
  );
};
