import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AlertMessage } from './events.ts';

export interface PublishDeps {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
  readonly environment: string;
}

/** Publishes a transition to the topic: JSON for machines, a readable text for e-mail, one line for SMS. */
export const publish = async ({ sns, topicArn, environment }: PublishDeps, message: AlertMessage): Promise<void> => {
  const json = JSON.stringify(message);
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: subjectOf(message),
      MessageStructure: 'json',
      Message: JSON.stringify({ default: json, email: emailOf(message), sms: smsOf(message) }),
      MessageAttributes: attributesOf(message, environment),
    }),
  );
};

/** The attributes that filter policies look at. One that the alert does not have is left out. */
const attributesOf = ({ transition, alert }: AlertMessage, environment: string) =>
  Object.fromEntries(
    Object.entries({
      transition,
      severity: alert.severity,
      status: alert.status,
      source: alert.source,
      service: alert.service,
      team: alert.team,
      environment,
    })
      .filter((entry): entry is [string, string] => Boolean(entry[1]))
      .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );

/** SNS takes subjects of at most 100 ASCII characters without line breaks. */
const subjectOf = ({ transition, alert }: AlertMessage): string =>
  `[${alert.severity.toUpperCase()}] ${transition.replaceAll('_', ' ')}: ${alert.title}`
    .replace(/[^\x20-\x7e]+/g, ' ')
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
  `Tocsin ${alert.severity.toUpperCase()} ${transition.replaceAll('_', ' ')}: ${alert.title}`.slice(0, 160);
