import { createHmac, timingSafeEqual } from 'node:crypto';

/** Slack's requests are taken for so long; an older one is a replay. */
const WINDOW_SECONDS = 300;

/**
 * Whether a request is Slack's: its body as it came, signed by the app's secret, of the last five minutes.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export const isSlacks = (
  signingSecret: string,
  { body, timestamp, signature }: { readonly body: string; readonly timestamp: string; readonly signature: string },
  at: Date,
): boolean => {
  if (signingSecret === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(at.getTime() / 1000 - Number(timestamp)) > WINDOW_SECONDS) return false;
  const mine = Buffer.from(`v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`);
  const theirs = Buffer.from(signature);
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
};
