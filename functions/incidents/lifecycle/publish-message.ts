import type { SNSClient } from '@aws-sdk/client-sns';
import { jsonText } from '../../../shared/kernel/json-text.ts';
import { publishTo, speakable, stringAttributes } from '../../../shared/aws/topic.ts';
import type { IncidentMessage } from '../events.ts';

export interface PublishDeps {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
  readonly environment: string;
}

/**
 * Publishes what happened to an incident: JSON for machines, a readable text for e-mail, one line for SMS. A message that SNS
 * will never take throws `PoisonedRecord`.
 */
export const publishMessage = async (
  { sns, topicArn, environment }: PublishDeps,
  message: IncidentMessage,
): Promise<void> => {
  await publishTo(sns, {
    TopicArn: topicArn,
    Subject: subjectOf(message),
    MessageStructure: 'json',
    Message: JSON.stringify({
      default: jsonText(message),
      email: speakable(emailOf(message)),
      sms: speakable(smsOf(message)),
    }),
    MessageAttributes: attributesOf(message, environment),
  });
};

const attributesOf = ({ happening, incident }: IncidentMessage, environment: string) =>
  stringAttributes({
    incident: happening,
    severity: incident.severity,
    status: incident.status,
    service: incident.service,
    team: incident.team,
    environment,
  });

const whatHappened = ({ happening, from, to }: IncidentMessage): string => {
  if (happening === 'status_changed' || happening === 'severity_changed') return `${from} to ${to}`;
  return happening === 'opened' ? 'opened' : 'update';
};

/** SNS takes subjects of at most 100 ASCII characters without line breaks. */
const subjectOf = (message: IncidentMessage): string =>
  `[${message.incident.severity}] ${whatHappened(message)}: ${message.incident.title}`
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 100)
    .trim();

const emailOf = (message: IncidentMessage): string => {
  const { at, actor, text, incident, happening } = message;
  return [
    incident.title,
    '',
    ...(happening === 'update_published' && text ? [text, ''] : []),
    `What happened  ${whatHappened(message)} by ${actor.name} at ${at}`,
    `Severity       ${incident.severity}`,
    `Status         ${incident.status}`,
    ...(incident.service ? [`Service        ${incident.service}`] : []),
    ...(incident.team ? [`Team           ${incident.team}`] : []),
    `Opened         ${incident.openedAt}`,
    ...(incident.summary ? ['', incident.summary] : []),
    '',
    `Incident ${incident.id}`,
  ].join('\n');
};

/** Fits one SMS of 160 characters wherever the text is plain ASCII. */
const smsOf = (message: IncidentMessage): string => {
  const { happening, text, incident } = message;
  const said = happening === 'update_published' ? (text ?? '') : whatHappened(message);
  return `Tocsin ${incident.severity} ${incident.title}: ${said}`.replace(/\s+/g, ' ').slice(0, 160).toWellFormed();
};
