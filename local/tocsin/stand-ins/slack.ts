import { createHmac, randomUUID } from 'node:crypto';
import type { LocalClock } from '../../emulator/types.ts';
import type { JsonApi, RestApi } from '../../emulator/services/dispatch.ts';
import type { Outbox } from '../../emulator/services/sns/outbox.ts';

/**
 * Puts tokens of this Slack into a secret of the template that has room for them and holds none yet, drawn for each data
 * folder. Answers what it signs with.
 */
export async function giveSlackTokens(secrets: JsonApi, secretArn: string): Promise<string> {
  const { signal } = new AbortController();
  const { SecretString = '{}' } = (await secrets.handle(
    'GetSecretValue',
    { SecretId: secretArn } as never,
    signal,
  )) as {
    SecretString?: string;
  };
  const held = JSON.parse(SecretString) as { slackBotToken?: string; slackSigningSecret?: string };
  if (held.slackBotToken !== '') return held.slackSigningSecret ?? '';
  const tokens = { slackBotToken: randomUUID(), slackSigningSecret: randomUUID() };
  const filled = { SecretId: secretArn, SecretString: JSON.stringify({ ...held, ...tokens }) };
  await secrets.handle('PutSecretValue', filled as never, signal);
  return tokens.slackSigningSecret;
}

interface SlackMessage {
  readonly channel?: string;
  readonly ts?: string;
  readonly text?: string;
  readonly blocks?: readonly {
    readonly type: string;
    readonly elements?: readonly { readonly action_id?: string; readonly value?: string }[];
  }[];
}

/** Slack's Web API, for the two methods that page: messages are in the outbox, and change there when they are updated. */
export function createSlack(outbox: Outbox, clock: LocalClock): RestApi {
  let last = 0;
  return {
    operationOf: (method, path) => (method === 'POST' ? /^\/slack\/api\/(chat\.\w+)$/.exec(path)?.[1] : undefined),
    handle(operation, request) {
      const { channel, ts: given, text, blocks = [] } = request.body as SlackMessage;
      if (!channel || !text) return { status: 200, body: { ok: false, error: 'invalid_arguments' } };
      last = Math.max(last + 1, clock.now() * 1000);
      const ts = operation === 'chat.update' ? (given ?? '') : (last / 1_000_000).toFixed(6);
      const id = `${channel}/${ts}`;
      if (operation === 'chat.update' && !outbox.list().some((each) => each.id === id)) {
        return { status: 200, body: { ok: false, error: 'message_not_found' } };
      }
      const buttons = blocks
        .filter(({ type }) => type === 'actions')
        .flatMap(({ elements = [] }) => elements)
        .map(({ action_id: action = '', value = '' }) => ({ action, value }));
      outbox.add({ id, kind: 'slack', to: channel, text, buttons, at: new Date(clock.now()).toISOString() });
      return { status: 200, body: { ok: true, channel, ts } };
    },
  };
}

/** The request that Slack makes when somebody presses a button: the headers that sign it, and its body. */
export function pressRequest(
  signingSecret: string,
  user: string,
  value: string,
  at: Date,
): { readonly headers: Record<string, string>; readonly body: string } {
  const payload = { type: 'block_actions', user: { id: user }, actions: [{ type: 'button', value }] };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
    },
    body,
  };
}
