import { AwsError } from '../../local/emulator/services/core/aws-error.ts';
import { startHttpServer } from '../../local/emulator/services/core/http-server.ts';
import { startParameters } from '../../local/emulator/services/parameters/service.ts';
import type { JsonApi } from '../../local/emulator/services/dispatch.ts';
import type { Assembly, LocalClock } from '../../local/emulator/types.ts';

export interface TestSecrets {
  readonly endpoint: string;
  /** Values of secrets of Secrets Manager, by name. */
  readonly values: Map<string, string>;
  /** Each request to Parameter Store is refused with this error from now on; none where it is undefined. */
  refuse(code: string | undefined): void;
  /** A parameter by its name. */
  parameter(name: string): Promise<string | undefined>;
  /** The names of all parameters. */
  parameters(): Promise<readonly string[]>;
  deleteParameter(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Parameter Store as the local run has it, with these values by name, and as much of Secrets Manager as functions read. */
export const startSecrets = async (given: Readonly<Record<string, string>> = {}): Promise<TestSecrets> => {
  const values = new Map<string, string>();
  const parameters = startParameters({
    assembly: { region: 'eu-central-1', account: '111122223333' } as Assembly,
    clock: { now: () => Date.now() } as LocalClock,
    directory: undefined,
    given,
  });
  let refused: string | undefined;
  const ask = (operation: string, input: object) =>
    parameters.api.handle(operation, input as never, new AbortController().signal);
  const secrets: JsonApi = {
    handle: async (_operation, { SecretId }: { readonly SecretId: string }) => {
      const SecretString = values.get(SecretId);
      if (SecretString === undefined) throw new AwsError('ResourceNotFoundException', 'no value');
      return { ARN: SecretId, SecretString };
    },
  };
  const server = await startHttpServer(async ({ headers, body, signal }) => {
    const answered = (status: number, answer: object) => ({
      status,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(answer),
    });
    const [service = '', operation = ''] = String(headers['x-amz-target']).split('.');
    try {
      const isParameter = service === 'AmazonSSM';
      if (isParameter && refused) throw new AwsError(refused, 'Rate exceeded');
      const input = JSON.parse(body.toString()) as never;
      return answered(200, await (isParameter ? parameters.api : secrets).handle(operation, input, signal));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return answered(error.status, { __type: error.code, message: error.message });
    }
  });
  const all = async (): Promise<readonly { readonly Name: string; readonly Value: string }[]> => {
    const found: { readonly Name: string; readonly Value: string }[] = [];
    for (let NextToken: string | undefined = ''; NextToken !== undefined;) {
      const page = (await ask('GetParametersByPath', {
        Path: '/',
        Recursive: true,
        WithDecryption: true,
        NextToken,
      })) as {
        readonly Parameters: typeof found;
        readonly NextToken?: string;
      };
      found.push(...page.Parameters);
      NextToken = page.NextToken;
    }
    return found;
  };
  return {
    endpoint: server.url,
    values,
    refuse: (code) => void (refused = code),
    parameter: async (name) => (await all()).find(({ Name }) => Name === name)?.Value,
    parameters: async () => (await all()).map(({ Name }) => Name),
    deleteParameter: async (Name) => void (await ask('DeleteParameter', { Name })),
    stop: async () => {
      await server.stop();
      parameters.stop();
    },
  };
};
