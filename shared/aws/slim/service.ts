import { randomInt } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../kernel/clock.ts';
import { environment as wholeEnvironment } from '../../kernel/env.ts';
import { endpointOf, signedHeaders } from './sign.ts';

/*
 * The part of an SDK client that Tocsin uses: requests of one service, signed, over kept-alive connections, with time-outs
 * and a second attempt. It takes the place of the SDK's clients in the bundles: see docs/adr/0004-bundles.md.
 */

/** As `CLIENT_SETTINGS` in `shared/aws/clients.ts` has it. */
export interface ClientSettings {
  /** The region of the environment where nothing is said. */
  readonly region?: string;
  readonly maxAttempts?: number;
  readonly requestHandler?: { readonly connectionTimeout?: number; readonly requestTimeout?: number };
}

/** What a service answered with an error, as the SDK throws it: `name` is the service's word for it. */
export class ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode: number | undefined };

  constructor(name: string, message: string, httpStatusCode: number | undefined, details: object = {}) {
    super(message);
    Object.assign(this, details);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The service's word for an error, where it stands in a header. */
  readonly errorType?: string | undefined;
}

/** How a service speaks. */
export interface Protocol {
  /** Name that requests are signed with, and first label of its host unless `host` says another. */
  readonly service: string;
  readonly host?: string;
  /** Tail of `AWS_ENDPOINT_URL_…`. */
  readonly variable: string;
  /** Headers and body of an operation's request. */
  readonly request: (
    operation: string,
    input: object,
  ) => { readonly headers: Record<string, string>; readonly body: string; readonly path?: string };
  readonly output: (operation: string, answer: Answer) => object;
  readonly error: (answer: Answer) => Error;
}

const THROTTLED = /Throttl|ThroughputExceeded|RequestLimitExceeded|TooManyRequests|TransactionInProgress/;
const NETWORK = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** Longest wait before the next attempt, ms, doubled each time and then shortened by chance (full jitter). */
const pauseOf = (error: unknown): number | undefined => {
  const {
    name = '',
    code = '',
    $metadata,
  } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } };
  if (THROTTLED.test(name)) return 500;
  return name === 'TimeoutError' || NETWORK.has(code) || ($metadata?.httpStatusCode ?? 0) >= 500 ? 100 : undefined;
};

/** Carries out operations of a service; rejects with what the service said, `TimeoutError`, or the socket's error. */
export const service = (protocol: Protocol, settings: ClientSettings = {}) => {
  const { maxAttempts = 3, requestHandler = {}, region: wanted } = settings;
  const { connectionTimeout = 1_000, requestTimeout = 3_000 } = requestHandler;
  const environment = wanted === undefined ? wholeEnvironment() : { ...wholeEnvironment(), AWS_REGION: wanted };
  const { endpoint, region } = endpointOf(protocol.host ?? protocol.service, protocol.variable, environment);
  const { request: send, Agent } = endpoint.protocol === 'http:' ? http : https;
  const agent = new Agent({ keepAlive: true });
  const signed = { region, service: protocol.service, environment };

  const once = (path: string | undefined, headers: Record<string, string>, body: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const target = path === undefined ? endpoint : new URL(path, endpoint);
      const request = send(
        target,
        {
          method: 'POST',
          agent,
          headers: signedHeaders({ ...signed, endpoint: target }, headers, body, systemClock.now()),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            clearTimeout(given);
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString('utf8'),
              errorType: response.headers['x-amzn-errortype'] as string | undefined,
            });
          });
        },
      );
      const giveUp = (what: string) => () =>
        request.destroy(new ServiceError('TimeoutError', `${protocol.service} did not ${what} in time`, undefined));
      const given = setTimeout(giveUp('answer'), requestTimeout);
      request.on('socket', (socket) => {
        if (!socket.connecting) return;
        const connecting = setTimeout(giveUp('accept a connection'), connectionTimeout);
        socket.once('connect', () => clearTimeout(connecting));
        socket.once('close', () => clearTimeout(connecting));
      });
      request.on('error', (error) => {
        clearTimeout(given);
        reject(error);
      });
      request.end(body);
    });

  return async (operation: string, input: object): Promise<object> => {
    const { headers, body, path } = protocol.request(operation, input);
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await once(path, headers, body);
        if (answer.status >= 300) throw protocol.error(answer);
        return protocol.output(operation, answer);
      } catch (error) {
        const pause = pauseOf(error);
        if (pause === undefined || attempt >= maxAttempts) throw error;
        await sleep(randomInt(pause * 2 ** (attempt - 1)));
      }
    }
  };
};

/** A command as the SDK has it: a class named after its operation, around an input. */
export class Command {
  readonly input: object;

  constructor(input: object) {
    this.input = input;
  }
}

/** A client as the SDK has it: made from settings, with `send`. */
export const clientFor = (protocol: Protocol) =>
  class {
    private readonly call: ReturnType<typeof service>;

    constructor(settings: ClientSettings = {}) {
      this.call = service(protocol, settings);
    }

    send(command: Command): Promise<object> {
      return this.call((command.constructor as unknown as { operation: string }).operation, command.input);
    }
  };

/** The class of a command. Bundles are minified, so the operation stands as text. */
export const commandOf = (operation: string) =>
  class extends Command {
    static readonly operation = operation;
  };
