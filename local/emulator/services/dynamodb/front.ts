import { Agent, request } from 'node:http';
import { dynamoAsks } from '../../iam/dynamodb.ts';
import { signerOf, type Guard } from '../../iam/guard.ts';
import type { Assembly } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import { bear, type Faults } from '../core/faults.ts';
import { startHttpServer, type WireRequest, type WireResponse } from '../core/http-server.ts';

/** Who may do what, and what is to fail. */
export interface FrontOptions {
  readonly assembly: Pick<Assembly, 'find' | 'byType'>;
  readonly faults: Faults;
  readonly guard: Guard;
  /** Called when the engine has answered a write to these tables, and when it did not answer. */
  readonly onWritten?: (tables: ReadonlySet<string>) => void;
}

const READS: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'TransactGetItems', 'Query', 'Scan']);

const JSON_TYPE = 'application/x-amz-json-1.0';

/**
 * A pass-through in front of the engine that refuses the calls which the role of a function does not allow, and those for
 * which a fault is ordered. Only started where that is asked for; otherwise functions talk to the engine itself.
 */
export async function startFront(
  endpoint: string,
  { assembly, faults, guard, onWritten }: FrontOptions,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(endpoint);

  const forward = ({ method, headers, body }: WireRequest): Promise<WireResponse> =>
    new Promise((resolve, reject) => {
      const onward = request({ agent, hostname, port, method, path: '/', headers }, (answer) => {
        const type = { 'content-type': answer.headers['content-type'] ?? JSON_TYPE };
        const crc = answer.headers['x-amz-crc32'];
        const said = { ...type, ...(typeof crc === 'string' && { 'x-amz-crc32': crc }) };
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 502, headers: said, body: Buffer.concat(chunks) }),
        );
      });
      onward.on('error', reject);
      onward.end(body);
    });

  const server = await startHttpServer(async (incoming) => {
    const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    try {
      guard.check('dynamodb', signerOf(incoming.headers.authorization), () =>
        dynamoAsks(operation, JSON.parse(incoming.body.toString('utf8')), assembly),
      );
      const aftermath = faults.check('dynamodb', operation);
      const tables = onWritten && !READS.has(operation) ? tablesNamed(incoming.body) : undefined;
      let answer: WireResponse;
      try {
        if (aftermath?.twice) await forward(incoming);
        answer = await forward(incoming);
      } finally {
        if (tables) onWritten?.(tables);
      }
      await bear(aftermath);
      return answer;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message, status } = error;
      const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message });
      return { status, headers: { 'content-type': JSON_TYPE }, body };
    }
  });
  return {
    url: server.url,
    stop: () => {
      agent.destroy();
      return server.stop();
    },
  };
}

/** The tables that a request names anywhere in it: of one item, of a batch or of a transaction. */
function tablesNamed(body: Buffer): ReadonlySet<string> {
  const found = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'TableName' && typeof inner === 'string') found.add(inner);
      else collect(inner);
    }
  };
  const request = JSON.parse(body.toString('utf8')) as { readonly RequestItems?: object };
  collect(request);
  for (const table of Object.keys(request.RequestItems ?? {})) found.add(table);
  return found;
}
