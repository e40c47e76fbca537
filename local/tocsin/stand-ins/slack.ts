import { createHmac, randomUUID } from 'node:crypto';
import type { LocalClock } from '../../emulator/types.ts';
import type { JsonApi, RestApi } from '../../emulator/services/dispatch.ts';
import type { Outbox } from '../../emulator/services/sns/outbox.ts';

/**
 * Puts tokens of this Slack into a parameter that does not exist yet, drawn for each data folder. Answers what it signs with.
 */
export async function giveSlackTokens(parameters: JsonApi, name: string): Promise<string> {
  const ask = (operation: string, input: object) =>
    parameters.handle(operation, input as never, new AbortController().signal);
  const drawn = { slackBotToken: randomUUID(), slackSigningSecret: randomUUID() };
  const value = JSON.stringify(drawn);
  await ask('PutParameter', { Name: name, Value: value, Type: 'SecureString', Overwrite: false }).catch(
    () => undefined,
  );
  const { Parameter } = (await ask('GetParameter', { Name: name, WithDecryption: true })) as {
    readonly Parameter: { readonly Value: string };
  };
  return (JSON.parse(Parameter.Value) as typeof drawn).slackSigningSecret;
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
