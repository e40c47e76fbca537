import { parseXML } from '@aws-sdk/xml-builder';
import { clientFor, commandOf, ServiceError, type Protocol } from './service.ts';

/* Takes the place of `@aws-sdk/client-sns` in the bundles. */

const VERSION = '2010-03-31';

type Xml = Readonly<Record<string, unknown>>;
const within = (xml: unknown, name: string): unknown => (xml as Xml | undefined)?.[name];
const listOf = (xml: unknown): readonly unknown[] => (xml === undefined || xml === '' ? [] : [xml].flat());

/** `{ a: { b: 'c' } }` as `a.b=c`; the entries of a map are numbered, as are the members of a list. */
const parameters = function* (value: unknown, name: string): Generator<readonly [string, string]> {
  if (value === undefined || value === null) return;
  if (typeof value !== 'object') yield [name, String(value)];
  else if (Array.isArray(value))
    for (const [i, each] of value.entries()) yield* parameters(each, `${name}.member.${i + 1}`);
  else for (const [key, each] of Object.entries(value)) yield* parameters(each, name === '' ? key : `${name}.${key}`);
};

/**
 * The maps of SNS in the form of the query protocol: attributes by `key` and `value`, those of messages by `Name` and
 * `Value`.
 */
const entries = (map: object | undefined, key: string, value: string): object | undefined =>
  map && { entry: Object.fromEntries(Object.entries(map).map(([k, v], i) => [i + 1, { [key]: k, [value]: v }])) };

interface Input {
  readonly Attributes?: object;
  readonly MessageAttributes?: object;
}

/** The query protocol: a form in, XML out. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
const query: Protocol = {
  service: 'sns',
  variable: 'SNS',
  request: (operation, input) => {
    const { Attributes, MessageAttributes, ...rest } = input as Input;
    const form = {
      Action: operation,
      Version: VERSION,
      ...rest,
      Attributes: entries(Attributes, 'key', 'value'),
      MessageAttributes: entries(MessageAttributes, 'Name', 'Value'),
    };
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(
        [...parameters(form, '')].map(([name, value]): [string, string] => [name, value]),
      ).toString(),
    };
  },
  output: (operation, { text }) => {
    const result = (within(within(parseXML(text), `${operation}Response`), `${operation}Result`) || {}) as Xml;
    const { Subscriptions, Attributes, ...plain } = result;
    return {
      ...plain,
      ...('Subscriptions' in result && { Subscriptions: listOf(within(Subscriptions, 'member')) }),
      ...('Attributes' in result && {
        Attributes: Object.fromEntries(
          listOf(within(Attributes, 'entry')).map((entry) => [within(entry, 'key'), within(entry, 'value')]),
        ),
      }),
    };
  },
  error: ({ status, text }) => {
    const error = within(within(parsedOr(text), 'ErrorResponse'), 'Error');
    const code = String(within(error, 'Code') ?? `Http${status}`);
    const name = code.endsWith('Exception') ? code : `${code}Exception`;
    return new ServiceError(name, String(within(error, 'Message') ?? code), status);
  },
};

const parsedOr = (text: string): unknown => {
  try {
    return parseXML(text);
  } catch {
    return undefined;
  }
};

export const SNSClient = clientFor(query);

export const GetSubscriptionAttributesCommand = commandOf('GetSubscriptionAttributes');
export const ListSubscriptionsByTopicCommand = commandOf('ListSubscriptionsByTopic');
export const PublishCommand = commandOf('Publish');
export const SubscribeCommand = commandOf('Subscribe');
export const UnsubscribeCommand = commandOf('Unsubscribe');
