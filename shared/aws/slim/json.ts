import { ServiceError, type Answer, type Protocol } from './service.ts';

interface JsonError {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

const parsed = (text: string): Record<string, unknown> => {
  try {
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/** Classes of errors that carry more than a message, by the service's name for them. */
export type ErrorClasses = Readonly<Record<string, new (details: object) => Error>>;

/**
 * The JSON protocol of AWS (`awsJson1_0`, `awsJson1_1`): the operation in `X-Amz-Target`, input and output as JSON.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export const json = (of: {
  readonly service: string;
  readonly variable: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly write?: (input: object) => string;
  readonly read?: (text: string) => object;
  readonly errors?: ErrorClasses;
}): Protocol => ({
  service: of.service,
  variable: of.variable,
  request: (operation, input) => ({
    headers: { 'content-type': `application/x-amz-json-${of.version}`, 'x-amz-target': `${of.target}.${operation}` },
    body: (of.write ?? JSON.stringify)(input),
  }),
  output: (_operation, { text }) => (of.read ?? parsed)(text),
  error: ({ status, text }: Answer) => {
    const { __type = '', message, Message, ...details } = parsed(text) as JsonError;
    const name = __type.slice(__type.indexOf('#') + 1) || `Http${status}`;
    const told = message ?? Message ?? name;
    const known = of.errors?.[name];
    return known
      ? new known({ message: told, $metadata: { httpStatusCode: status }, ...details })
      : new ServiceError(name, told, status);
  },
});
