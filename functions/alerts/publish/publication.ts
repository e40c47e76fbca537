import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { jsonText } from '../../../shared/kernel/json-text.ts';
import { arrayAttribute, speakable, stringAttributes } from '../../../shared/aws/topic.ts';
import type { AlertMessage } from '../events.ts';
import { FOLLOWERS_ATTRIBUTE, type Follower } from './followers.ts';

export interface PublishDeps {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
  readonly environment: string;
}

/** SNS takes 256 KB, message and attributes together; attributes are kept well below what is left here. */
const MAX_MESSAGE_BYTES = 262_144 - 8_192;
const SHORT_CHARS = 2_000;

/** A transition as SNS takes it, with its followers: JSON for machines, a readable text for e-mail, one line for SMS. */
export const publicationOf = (
  { topicArn, environment }: Omit<PublishDeps, 'sns'>,
  message: AlertMessage,
  followers: readonly Follower[],
): PublishCommandInput => ({
  TopicArn: topicArn,
  Subject: subjectOf(message),
  MessageStructure: 'json',
  Message: messageText(message),
  MessageAttributes: {
    ...attributesOf(message, environment),
    ...arrayAttribute(FOLLOWERS_ATTRIBUTE, followers),
  },
});

/** The message for each kind of subscriber, within the limit of SNS: long parts are left out first, and the message says so. */
export const messageText = (message: AlertMessage): string => {
  const { alert } = message;
  const description = alert.description.slice(0, SHORT_CHARS);
  const shorter: AlertMessage = { ...message, truncated: true, alert: { ...alert, description, annotations: {} } };
  const shortest: AlertMessage = { ...shorter, alert: { ...shorter.alert, labels: {} } };
  const email = emailOf(message);
  const candidates: readonly (readonly [AlertMessage, string])[] = [
    [message, email],
    [message, email.slice(0, SHORT_CHARS)],
    [shorter, emailOf(shorter).slice(0, SHORT_CHARS)],
  ];
  for (const [json, text] of candidates) {
    const bodies = bodiesOf(json, text);
    if (Buffer.byteLength(bodies) <= MAX_MESSAGE_BYTES) return bodies;
  }
  return bodiesOf(shortest, emailOf(shortest).slice(0, SHORT_CHARS));
};

const bodiesOf = (message: AlertMessage, email: string): string =>
  JSON.stringify({ default: jsonText(message), email: speakable(email), sms: speakable(smsOf(message)) });

/** The attributes of filter policies. One that the alert does not have is left out. */
const attributesOf = ({ transition, alert }: AlertMessage, environment: string) =>
  stringAttributes({
    transition,
    severity: alert.severity,
    status: alert.status,
    source: alert.source,
    service: alert.service,
    team: alert.team,
    environment,
  });

/** Letters that are not an ASCII letter with an accent. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'TH',
  ı: 'i',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
};

/** A text in ASCII: letters without their accents, and a blank for each character that ASCII does not have. */
const inAscii = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]/g, (letter) => PLAIN[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/ {2,}/g, ' ');

/** SNS takes subjects of at most 100 ASCII characters without line breaks. */
const subjectOf = ({ transition, alert }: AlertMessage): string =>
  inAscii(`[${alert.severity.toUpperCase()}] ${transition.replaceAll('_', ' ')}: ${alert.title}`)
    .slice(0, 100)
    .trim();

const emailOf = ({ transition, at, actor, note, alert, sequence }: AlertMessage): string =>
  [
    alert.title,
    '',
    `What happened  ${transition.replaceAll('_', ' ')} by ${actor.name} at ${at}`,
    ...(note ? [`Note           ${note}`] : []),
    `Severity       ${alert.severity}`,
    `Status         ${alert.status}`,
    ...(alert.service ? [`Service        ${alert.service}`] : []),
    ...(alert.team ? [`Team           ${alert.team}`] : []),
    `Source         ${alert.source}`,
    `First seen     ${alert.firstSeenAt}`,
    `Last seen      ${alert.lastSeenAt} (${alert.count} times)`,
    ...Object.entries(alert.labels).map(([name, value]) => `Label          ${name} = ${value}`),
    ...Object.entries(alert.annotations).map(([name, value]) => `${name}: ${value}`),
    ...(alert.description ? ['', alert.description] : []),
    '',
    `Alert ${alert.id}, transition ${sequence}`,
  ].join('\n');

/** Fits one SMS of 160 characters wherever the title is plain ASCII. */
const smsOf = ({ transition, alert }: AlertMessage): string =>
  `Tocsin ${alert.severity.toUpperCase()} ${transition.replaceAll('_', ' ')}: ${alert.title}`
    .slice(0, 160)
    .toWellFormed();
