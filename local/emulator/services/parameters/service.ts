import { join } from 'node:path';
import type { Assembly, LocalClock } from '../../types.ts';
import { AwsError, unknownOperation } from '../core/aws-error.ts';
import { openDurableMap } from '../core/durable-map.ts';
import type { JsonApi } from '../dispatch.ts';

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly changedAt: number;
}

interface Input {
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Path?: string;
  readonly Recursive?: boolean;
  readonly Value?: string;
  readonly Type?: string;
  readonly Overwrite?: boolean;
  readonly WithDecryption?: boolean;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

const STANDARD_BYTES = 4_096;
/** A page by path has ten parameters at most. */
const PAGE = 10;

/**
 * Parameter Store of Systems Manager, kept in a file that only its owner reads. A value that is given wins over what an earlier run kept.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export function startParameters(options: {
  readonly assembly: Assembly;
  readonly clock: LocalClock;
  readonly directory: string | undefined;
  /** Values by name. */
  readonly given: Readonly<Record<string, string>>;
}): { readonly api: JsonApi; stop(): void } {
  const { assembly, clock, given } = options;
  const parameters = openDurableMap<Parameter>(
    options.directory && join(options.directory, 'parameters.journal'),
    0o600,
  );
  for (const [name, value] of Object.entries(given)) {
    if (parameters.get(name)?.value !== value) write(name, value, 'SecureString');
  }

  function write(name: string, value: string, type: string): Parameter {
    const version = (parameters.get(name)?.version ?? 0) + 1;
    const written = { name, type, value, version, changedAt: clock.now() };
    parameters.put(name, written);
    return written;
  }

  function shown({ name, type, value, version, changedAt }: Parameter, withDecryption = false): object {
    return {
      Name: name,
      Type: type,
      Value: type === 'SecureString' && !withDecryption ? Buffer.from(`encrypted ${value}`).toString('base64') : value,
      Version: version,
      LastModifiedDate: changedAt / 1000,
      ARN: `arn:aws:ssm:${assembly.region}:${assembly.account}:parameter${name}`,
      DataType: 'text',
    };
  }

  const operations: Readonly<Record<string, (input: Input) => object>> = {
    GetParameter: ({ Name = '', WithDecryption }) => {
      const found = parameters.get(Name);
      if (!found) throw notFound();
      return { Parameter: shown(found, WithDecryption) };
    },
    GetParameters: ({ Names = [], WithDecryption }) => ({
      Parameters: Names.flatMap((name) => parameters.get(name) ?? []).map((each) => shown(each, WithDecryption)),
      InvalidParameters: Names.filter((name) => !parameters.has(name)),
    }),
    GetParametersByPath: ({ Path = '/', Recursive = false, WithDecryption, NextToken = '', MaxResults = PAGE }) => {
      const prefix = Path.endsWith('/') ? Path : `${Path}/`;
      const below = [...parameters.values()]
        .filter(({ name }) => name.startsWith(prefix) && (Recursive || !name.slice(prefix.length).includes('/')))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const from = Number(NextToken || 0);
      const to = from + Math.min(MaxResults, PAGE);
      return {
        Parameters: below.slice(from, to).map((each) => shown(each, WithDecryption)),
        ...(to < below.length && { NextToken: String(to) }),
      };
    },
    PutParameter: ({ Name = '', Value = '', Type, Overwrite = false }) => {
      const known = parameters.get(Name);
      if (known && !Overwrite) {
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      if (Buffer.byteLength(Value) > STANDARD_BYTES) {
        throw new AwsError(
          'ValidationException',
          'Standard tier parameters support a maximum parameter value of 4096 characters.',
        );
      }
      return { Version: write(Name, Value, Type ?? known?.type ?? 'String').version, Tier: 'Standard' };
    },
    DeleteParameter: ({ Name = '' }) => {
      if (!parameters.has(Name)) throw notFound();
      parameters.delete(Name);
      return {};
    },
  };

  return {
    api: {
      handle: async (operation, input) => {
        const run = operations[operation];
        if (!run) throw unknownOperation(`ssm.${operation}`);
        return run(input as Input);
      },
    },
    stop: () => parameters.close(),
  };
}

const notFound = (): AwsError => new AwsError('ParameterNotFound', 'The parameter does not exist.');
