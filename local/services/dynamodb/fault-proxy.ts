import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsError } from '../core/aws-error.ts';
import type { Faults } from '../core/faults.ts';

/**
 * A pass-through in front of the engine that refuses the calls for which a fault is ordered. Only started when faults
 * are asked for; otherwise functions talk to the engine itself.
 */
export async function startFaultProxy(
  endpoint: string,
  faults: Faults,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(endpoint);
  const server = createServer({ noDelay: true }, (incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    try {
      faults.check('dynamodb', operation);
    } catch (error) {
      const { code, message, status } = error as AwsError;
      incoming.resume();
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }));
      return;
    }
    const onward = request(
      { agent, hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
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
