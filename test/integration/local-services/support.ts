import type { Assembly, Lambdas, LocalClock, Resource, Settled } from '../../../local/emulator/types.ts';

export const region = 'eu-central-1';
export const account = '111122223333';

/** An assembly of the resources given, with physical names as the template would have them. */
export function assemblyOf(...resources: readonly Resource[]): Assembly {
  return {
    region,
    account,
    stage: 'test',
    resources,
    directory: '/nonexistent',
    byType: (type) => resources.filter((resource) => resource.type === type),
    find: (id) => resources.find((resource) => resource.arn === id || resource.physicalId === id),
  };
}

export function resource(type: string, physicalId: string, arn: string, properties: Resource['properties']): Resource {
  return { stack: 'test', logicalId: physicalId.replaceAll(/[^A-Za-z0-9]/g, ''), type, properties, physicalId, arn };
}

export function queue(name: string, properties: Resource['properties'] = {}): Resource {
  const url = `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  return resource('AWS::SQS::Queue', url, `arn:aws:sqs:${region}:${account}:${name}`, properties);
}

export function topic(name: string, properties: Resource['properties'] = {}): Resource {
  const arn = `arn:aws:sns:${region}:${account}:${name}`;
  return resource('AWS::SNS::Topic', arn, arn, properties);
}

export function table(name: string, properties: Resource['properties'] = {}): Resource {
  return resource('AWS::DynamoDB::Table', name, `arn:aws:dynamodb:${region}:${account}:table/${name}`, {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    ...properties,
  });
}

export function streamArnOf(tableResource: Resource): string {
  return `${tableResource.arn}/stream/2025-01-01T00:00:00.000`;
}

export function mapping(functionName: string, sourceArn: string, properties: Resource['properties'] = {}): Resource {
  const id = `mapping-${functionName}-${sourceArn}`;
  return resource('AWS::Lambda::EventSourceMapping', id, id, {
    FunctionName: functionName,
    EventSourceArn: sourceArn,
    ...properties,
  });
}

export type Handler = (event: never) => unknown;

/** Functions that run in this process; a function that is not given answers nothing. */
export function lambdasOf(
  handlers: Record<string, Handler>,
): Lambdas & { settle(name: string, failed?: boolean): void; write(name: string, line: string): void } {
  const lineListeners: ((name: string, line: string) => void)[] = [];
  const listeners: ((name: string, settled: Settled) => void)[] = [];
  const settle = (name: string, failed = false) =>
    listeners.forEach((listener) => listener(name, { failed, durationMs: 1 }));
  return {
    settle,
    write: (name, line) => lineListeners.forEach((listener) => listener(name, line)),
    onLine: (listener) => void lineListeners.push(listener),
    async invoke(name, event) {
      const handler = handlers[name.replace(/^arn:.*:function:/, '')];
      try {
        // As over the wire: nobody shares objects with a function.
        return await handler?.(structuredClone(event) as never);
      } finally {
        settle(name);
      }
    },
    onSettled: (listener) => void listeners.push(listener),
  };
}

/** A clock that runs with real time and can be moved forward; what became due runs in order at its own time. */
export function testClock(): LocalClock & { stop(): void } {
  let offset = 0;
  let timers: { at: number; run: () => void | Promise<void> }[] = [];
  let target: number | undefined;
  const now = () => Date.now() + offset;
  const runDue = async () => {
    for (;;) {
      const due = timers.filter((timer) => timer.at <= now()).sort((left, right) => left.at - right.at)[0];
      if (!due) return;
      timers = timers.filter((timer) => timer !== due);
      await due.run();
    }
  };
  const ticker = setInterval(() => void runDue(), 5).unref();
  return {
    now,
    get target() {
      return target;
    },
    async advance(milliseconds) {
      const end = now() + milliseconds;
      target = end;
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((left, right) => left.at - right.at)[0];
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        offset += Math.max(0, next.at - now());
        await next.run();
      }
      offset += Math.max(0, end - now());
      target = undefined;
      await runDue();
    },
    schedule(at, run) {
      const timer = { at, run };
      timers.push(timer);
      return () => (timers = timers.filter((each) => each !== timer));
    },
    stop: () => clearInterval(ticker),
  };
}

/** Polls until the condition holds; fails after five seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const giveUpAt = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`${what} did not come true in time`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const silent = () => undefined;

export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
