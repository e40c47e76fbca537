import { randomUUID } from 'node:crypto';
import type { Application, Surroundings } from '../../emulator/services/application.ts';
import type { LocalResponse } from '../../emulator/services/local-routes.ts';
import { environmentOf } from '../environment.ts';
import { createReceivers } from './receivers.ts';
import { createSlack, giveSlackTokens, pressRequest } from './slack.ts';

/** The providers of Tocsin on this machine: phones that answer, Slack with its buttons, Teams, and programs with webhooks. */
export const standIns: Application = {
  // Its subscribers are programs of the owner of this machine: what they would get is shown.
  shownTopic: 'PagesTopic',

  async add(surroundings) {
    const { assembly, clock, faults, outbox, publicUrl } = surroundings;
    const name = environmentOf(assembly, 'SLACK_PARAMETER');
    const signingSecret = name === undefined ? '' : await giveSlackTokens(surroundings.parameters, name);
    const receivers = createReceivers(outbox, faults, clock, publicUrl);
    return {
      services: { slack: createSlack(outbox, clock) },
      variables: (url) => ({ SLACK_URL: `${url}/slack/api/` }),
      routes: async (method, path, body = '', headers = {}) => {
        if (method !== 'POST') return undefined;
        const { pathname } = new URL(path, 'http://127.0.0.1');
        if (pathname === '/_local/sms') return answerSms(surroundings, body);
        if (pathname === '/_local/slack') return pressButton(surroundings, signingSecret, body);
        return receivers(pathname, body, headers);
      },
    };
  },
};

/** A phone answers: `{ from, text }` is published as AWS publishes what comes in to a number for two-way SMS. */
function answerSms({ assembly, publish }: Surroundings, body: string): LocalResponse {
  const { from, text, id = randomUUID() } = JSON.parse(body || '{}') as Record<string, string>;
  const topic = assembly.byType('AWS::SNS::Topic').find(({ logicalId }) => logicalId === 'SmsRepliesTopic');
  if (!topic || !from || !text) return json(400, { message: 'Send { "from": "+49…", "text": "A 1234" }' });
  const message = {
    originationNumber: from,
    destinationNumber: '+4915100000000',
    messageKeyword: 'KEYWORD',
    messageBody: text,
    inboundMessageId: id,
  };
  publish(topic.arn, JSON.stringify(message));
  return json(202, { id });
}

/** Somebody presses a button of a message in the outbox: `{ id, action }`, and `user` where it is not its receiver. */
async function pressButton(
  { outbox, publicUrl, clock }: Surroundings,
  signingSecret: string,
  body: string,
): Promise<LocalResponse> {
  const { id, action, user } = JSON.parse(body || '{}') as Record<string, string>;
  const message = outbox.list().find((each) => each.id === id);
  const value = message?.buttons?.find((each) => each.action === action)?.value;
  if (!message || value === undefined) return json(404, { message: 'There is no such button in the outbox' });
  const at = new Date(clock.now());
  const { headers, body: form } = pressRequest(signingSecret, user ?? message.to, value, at);
  const answer = await fetch(`${publicUrl()}/slack/interactions`, { method: 'POST', headers, body: form });
  return json(answer.status, { answer: await answer.text() });
}

function json(status: number, value: object): LocalResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
