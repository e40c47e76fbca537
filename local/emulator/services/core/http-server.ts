import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WireRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Aborted when the client goes away; a long poll stops then. */
  readonly signal: AbortSignal;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Serves on 127.0.0.1 only, on a port that the system chooses. `stop` ends open connections. */
export async function startHttpServer(
  handle: (request: WireRequest) => Promise<WireResponse>,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer({ keepAlive: true, noDelay: true }, (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    void readBody(incoming)
      .then((body) =>
        handle({
          method: incoming.method ?? 'GET',
          url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
          headers: incoming.headers,
          body,
          signal: gone.signal,
        }),
      )
      .then(
        (response) => {
          outgoing.writeHead(response.status, {
            ...response.headers,
            'content-length': Buffer.byteLength(response.body),
          });
          outgoing.end(response.body);
        },
        () => {
          if (!outgoing.headersSent) outgoing.writeHead(500);
          outgoing.end();
        },
      );
  });
  // A kept connection must outlive the pauses of an SDK client, or a request meets a closing socket.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
