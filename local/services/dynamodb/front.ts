import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { dynamoAsks } from '../../iam/dynamodb.ts';
import { signerOf, type Guard } from '../../iam/guard.ts';
import type { Assembly } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import { bear, type Faults } from '../core/faults.ts';

/** Who may do what, and what is to fail. */
export interface FrontOptions {
  readonly assembly: Pick<Assembly, 'find' | 'byType'>;
  readonly faults: Faults;
  readonly guard: Guard;
}

/** What the engine says. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * A pass-through in front of the engine that refuses the calls which the role of a function does not allow, and those for
 * which a fault is ordered. Only started where that is asked for; otherwise functions talk to the engine itself.
 */
export async function startFront(
  endpoint: string,
  { assembly, faults, guard }: FrontOptions,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(endpoint);

  const forward = ({ method, url, headers }: IncomingMessage, body: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const onward = request({ agent, hostname, port, method, path: url, headers }, (answer) => {
        buffer(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
          reject,
        );
      });
      onward.on('error', reject);
      onward.end(body);
    });

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    const body = await text(incoming);
    try {
      guard.check('dynamodb', signerOf(incoming.headers.authorization), () =>
        dynamoAsks(operation, JSON.parse(body), assembly),
      );
      const aftermath = faults.check('dynamodb', operation);
      if (aftermath?.twice) await forward(incoming, body);
      const answer = await forward(incoming, body);
      await bear(aftermath);
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.body);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message, status } = error;
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }));
    }
  };

  const server = createServer({ noDelay: true }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
