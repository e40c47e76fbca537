import { clientFor, commandOf, ServiceError, type Protocol } from './service.ts';

const PATHS: Readonly<Record<string, string>> = { SendEmail: '/v2/email/outbound-emails' };

const parsed = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/**
 * The REST protocol of SES: JSON in and out, the name of an error in a header.
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
const rest: Protocol = {
  service: 'ses',
  host: 'email',
  variable: 'SESV2',
  request: (operation, input) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    path: PATHS[operation] ?? '/',
  }),
  output: (_operation, { text }) => parsed(text),
  error: ({ status, text, errorType = '' }) => {
    const { message, Message } = parsed(text);
    const name = /[A-Za-z0-9]+(?=:|$)/.exec(errorType)?.[0] ?? `Http${status}`;
    return new ServiceError(name, String(message ?? Message ?? name), status);
  },
};

export const SESv2Client = clientFor(rest);

export const SendEmailCommand = commandOf('SendEmail');
