import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { systemClock } from '../kernel/clock.ts';

/** A connection that nothing was sent over for this long may have been closed by the far side meanwhile. */
const RESTED_MS = 250;
const CLOSED_BY_FAR_SIDE: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

const restingSince = new WeakMap<object, number>();
/** Errors of requests that went over a rested connection and got not a byte of an answer. */
const unreceived = new WeakSet();

const nowMs = (): number => systemClock.now().getTime();
const hasRested = (socket: object): boolean => nowMs() - (restingSince.get(socket) ?? Infinity) >= RESTED_MS;
const restingIn = (agent: HttpAgent): Duplex[] => Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);

const noteIfUnreceived = (request: ClientRequest): void => {
  let hasAnswer = false;
  request.once('response', () => {
    hasAnswer = true;
  });
  request.once('error', (error: NodeJS.ErrnoException) => {
    if (!hasAnswer && CLOSED_BY_FAR_SIDE.has(error.code)) unreceived.add(error);
  });
};

/** Has an agent note since when its connections rest, and which requests a rested one did not carry. */
const watched = <A extends HttpAgent>(agent: A): A => {
  const keep = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  agent.keepSocketAlive = (socket) => {
    restingSince.set(socket, nowMs());
    return keep(socket);
  };
  agent.reuseSocket = (socket, request) => {
    if (hasRested(socket)) noteIfUnreceived(request);
    reuse(socket, request);
  };
  return agent;
};

type Handle = NodeHttpHandler['handle'];

/**
 * The SDK's request handler over kept-alive connections, some of which the far side has closed while the function slept
 * between two invocations. Before a rested connection is used again, the event loop takes note of what was closed. A request
 * that a rested connection did not carry even so is sent once more over a new one, whatever `maxAttempts` says: the far side
 * had no connection to receive it by.
 */
export class KeptConnections extends NodeHttpHandler {
  private readonly agents: readonly HttpAgent[];

  constructor(options: Omit<NodeHttpHandlerOptions, 'httpAgent' | 'httpsAgent'> = {}) {
    const httpAgent = watched(new HttpAgent({ keepAlive: true }));
    const httpsAgent = watched(new HttpsAgent({ keepAlive: true }));
    super({ ...options, httpAgent, httpsAgent });
    this.agents = [httpAgent, httpsAgent];
  }

  override async handle(...request: Parameters<Handle>): ReturnType<Handle> {
    if (this.agents.some((agent) => restingIn(agent).some(hasRested))) {
      // The first turn may be the rest of one that has looked at the connections already.
      await turnOfTheLoop();
      await turnOfTheLoop();
    }
    try {
      return await super.handle(...request);
    } catch (error) {
      if (typeof error !== 'object' || error === null || !unreceived.has(error)) throw error;
      for (const socket of this.agents.flatMap(restingIn)) socket.destroy();
      return super.handle(...request);
    }
  }
}

/**
 * The SDK's request handler with a connection for each request, for what must not be sent twice unknown to its sender: no
 * request is ever repeated because a kept connection did not carry it.
 */
export const freshConnections = (
  options: Omit<NodeHttpHandlerOptions, 'httpAgent' | 'httpsAgent'> = {},
): NodeHttpHandler =>
  new NodeHttpHandler({
    ...options,
    httpAgent: new HttpAgent({ keepAlive: false }),
    httpsAgent: new HttpsAgent({ keepAlive: false }),
  });
