import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something that Prometheus watches, and that can break. */
export interface Target {
  readonly address: string;
  goDown(): void;
  comeBack(): void;
  stop(): Promise<void>;
}

/** Answers 503 while it is down, so that `up` is 0 from the next scrape on. */
export async function startTarget(): Promise<Target> {
  let down = false;
  const server = createServer((_request, response) => {
    response.writeHead(down ? 503 : 200, { 'content-type': 'text/plain; version=0.0.4' }).end('work_total 1\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    goDown: () => {
      down = true;
    },
    comeBack: () => {
      down = false;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
