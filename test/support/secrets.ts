import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestSecrets {
  readonly endpoint: string;
  /** The current value of a secret, by name. */
  readonly values: Map<string, string>;
  /** Writes a secret by hand, as a new version. */
  replace(name: string, value: string): void;
  stop(): Promise<void>;
}

/** As much of Secrets Manager as the functions use, with its rule that a version id is written once. */
export const startSecrets = async (): Promise<TestSecrets> => {
  const values = new Map<string, string>();
  const versions = new Map<string, string>();
  const current = new Map<string, string>();
  let byHand = 0;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += String(chunk)));
    request.on('end', () => {
      const input = JSON.parse(text) as { SecretId: string; SecretString: string; ClientRequestToken: string };
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      };
      const operation = String(request.headers['x-amz-target']).split('.')[1];
      if (operation === 'GetSecretValue') {
        const SecretString = values.get(input.SecretId);
        if (SecretString === undefined) answer(400, { __type: 'ResourceNotFoundException', message: 'no value' });
        else answer(200, { ARN: input.SecretId, SecretString, VersionId: current.get(input.SecretId) ?? 'first' });
        return;
      }
      const version = `${input.SecretId}/${input.ClientRequestToken}`;
      const written = versions.get(version);
      if (written !== undefined && written !== input.SecretString) {
        answer(400, { __type: 'ResourceExistsException', message: 'this version has another value' });
        return;
      }
      versions.set(version, input.SecretString);
      values.set(input.SecretId, input.SecretString);
      current.set(input.SecretId, input.ClientRequestToken);
      answer(200, { ARN: input.SecretId, VersionId: input.ClientRequestToken });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    values,
    replace: (name, value) => {
      values.set(name, value);
      current.set(name, `by-hand-${++byHand}`);
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
