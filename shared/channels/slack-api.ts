import type { PagingSecret } from './paging-secret.ts';
import { Refused, retryAfterMs } from './channel.ts';

const TIMEOUT_MS = 25_000;
/** Words of Slack for what may pass. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const PASSES = new Set(['ratelimited', 'rate_limited', 'service_unavailable', 'request_timeout']);
/** Words of Slack after which "some aspect of the operation" may have succeeded. */
const UNKNOWN = new Set(['internal_error', 'fatal_error']);

export interface Posted {
  readonly channel: string;
  /** Slack's id of the message within its channel. */
  readonly ts: string;
}

/** What Slack says to a call. */
type Said = Posted & { readonly ok: boolean; readonly error?: string };

/** No connection was made, so that Slack took nothing. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** No answer came, or none that is Slack's: 504 where Slack may have taken the call, 503 where it did not. */
const unanswered = (error: unknown): Error => {
  const { name, cause } = error as Error;
  const { code = name } = (cause ?? {}) as { readonly code?: string };
  return Object.assign(new Error('Slack gave no answer', { cause: error }), {
    name: code,
    $metadata: { httpStatusCode: NOT_CONNECTED.has(code) ? 503 : 504 },
  });
};

/** Calls of Slack's Web API with the bot's token. Rejects with Slack's word for what was wrong. */
export const slackApi =
  ({
    secret,
    url,
    request = fetch,
  }: {
    readonly secret: () => Promise<PagingSecret>;
    readonly url: string;
    readonly request?: (
      url: string,
      init: RequestInit,
    ) => Promise<Pick<Response, 'ok' | 'status' | 'json' | 'headers'>>;
  }) =>
  async (method: 'chat.postMessage' | 'chat.update', body: object): Promise<Posted> => {
    const { slackBotToken } = await secret();
    if (slackBotToken === '') throw new Error('The paging secret holds no slackBotToken');
    const ask = async (): Promise<Said> => {
      const response = await request(url + method, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${slackBotToken}` },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Refused(response.status, retryAfterMs(response.headers.get('retry-after')));
      return (await response.json()) as Said;
    };
    const {
      ok,
      error = 'unknown',
      ...posted
    } = await ask().catch((thrown: unknown) => {
      throw thrown instanceof Refused ? thrown : unanswered(thrown);
    });
    if (ok) return posted;
    if (UNKNOWN.has(error)) throw new Refused(500);
    if (PASSES.has(error)) throw new Refused(503);
    throw Object.assign(new Error(`Slack says ${error}`), { name: `Slack:${error}` });
  };

export type SlackApi = ReturnType<typeof slackApi>;
