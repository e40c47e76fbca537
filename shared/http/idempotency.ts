import { gunzipSync, gzipSync } from 'node:zlib';
import { logger } from '../aws/observe.ts';
import type { IdempotencyStore } from '../aws/idempotency-store.ts';
import { isTransient } from '../aws/transient.ts';
import type { Caller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { conflict, invalid, unprocessable } from '../kernel/errors.ts';
import { newSecret, sha256 } from '../kernel/ids.ts';
import { keysFrom, seal, unseal } from '../kernel/seal.ts';
import type { Reply, Route } from './route.ts';

/*
 * The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a request that is sent again with the same key has one
 * effect, and gets the answer of the first. Docs: docs/adr/0135-idempotency-keys.md
 */

export const IDEMPOTENCY_KEY = 'idempotency-key';
export const REPLAYED = 'idempotency-replayed';

/** Printable ASCII, as a structured string (`"…"`) or bare. */
export const KEY_PATTERN = /^[\x20-\x7e]{1,255}$/;

/** A key so long is taken for random, so it may seal an answer that contains a secret. A UUID has 36 characters. */
export const LEAST_SEALING_CHARS = 32;

/** An item of DynamoDB has at most 400 KB, and the rest of the record takes less than one. */
const MOST_OUTCOME_CHARS = 390_000;

/** An attempt that cannot know its end is given so long, which is longer than the gateway waits. */
const LONGEST_MS = 30_000;
const MARGIN_MS = 1_000;
const MOST_RETRY_AFTER_SECONDS = 2;

export interface IdempotencyKeys {
  readonly store: IdempotencyStore;
  readonly clock: Clock;
}

/** A route takes keys where it acts for a known caller, speaks no vendor's language, and answers no session. */
export const takesKey = ({ method, permission, tolerant, session }: Omit<Route, 'path' | 'summary' | 'success'>) =>
  method === 'POST' && permission !== 'public' && !tolerant && !session;

/** The refusals that a key may lead to, by their status. */
export const KEY_PROBLEMS: Readonly<Record<number, readonly string[]>> = {
  400: ['idempotency.key_invalid'],
  409: ['idempotency.in_progress', 'idempotency.answer_not_stored'],
  422: ['idempotency.key_reused'],
};

/** The key of a request; undefined where it has none, or its route takes none. */
export const keyIn = (route: Route, header: (name: string) => string | undefined): string | undefined => {
  const sent = takesKey(route) ? header(IDEMPOTENCY_KEY)?.trim() : undefined;
  if (sent === undefined) return undefined;
  const key = /^"(.*)"$/.exec(sent)?.[1] ?? sent;
  if (KEY_PATTERN.test(key)) return key;
  throw invalid(
    'idempotency.key_invalid',
    'The header Idempotency-Key must have 1 to 255 printable ASCII characters. Send a UUID.',
  );
};

export interface KeyedRequest {
  readonly route: Route;
  readonly key: string;
  readonly caller: Caller | undefined;
  /** All by which two requests differ: path, query and body. */
  readonly parts: readonly string[];
  /** How long this attempt may take at most. */
  readonly remainingMs: number | undefined;
}

/** What a request is known by: the same for each repeat of a caller on a route, and for nobody else. */
export const requestIdOf = ({ route, key, caller }: Pick<KeyedRequest, 'route' | 'key' | 'caller'>): string =>
  sha256(`${caller?.kind}:${caller?.id}`, `${route.method} ${route.path}`, key);

/**
 * Carries a request out once. The answer of the first attempt is stored, sealed by the key, and is the answer to each repeat within a day.
 * An attempt that ends in 429, 5xx or not at all leaves the request to the next one. While the table refuses, a route that finds its effect
 * by the key is carried out without a record; others are refused.
 */
export const once = async (
  { store, clock }: IdempotencyKeys,
  request: KeyedRequest,
  run: () => Promise<Reply>,
): Promise<Reply> => {
  const { route, key } = request;
  const id = requestIdOf(request);
  const fingerprint = sha256(...request.parts);
  const attempt = newSecret(12);
  const at = clock.now();
  const leaseMs = Math.min(request.remainingMs ?? LONGEST_MS, LONGEST_MS) + MARGIN_MS;
  const claim = await store.claim({ id, fingerprint, attempt, at, leaseMs }).catch((error: unknown) => {
    if (!route.findsItsEffect || !isTransient(error)) throw error;
    logger.warn('a key was not recorded', { error: error as Error });
    return undefined;
  });
  if (claim === undefined) return run();
  if (claim !== 'claimed') {
    if (claim.fingerprint !== fingerprint) throw reused();
    if (claim.status !== undefined) return replayOf(claim.status, claim.outcome, key, id);
    throw inProgress(Date.parse(claim.leaseUntil) - at.getTime());
  }
  const settle = (write: Promise<void>): Promise<void> =>
    write.catch((error: unknown) => logger.error('the answer to a key was not recorded', error as Error));
  try {
    const answer = await run();
    if (answer.status === 429 || answer.status >= 500) await settle(store.release(id, attempt, clock.now()));
    else await settle(store.settle(id, attempt, answer.status, sealedOf(route, answer, key, id)));
    return answer;
  } catch (error) {
    await settle(store.release(id, attempt, clock.now()));
    throw error;
  }
};

const reused = () =>
  unprocessable(
    'idempotency.key_reused',
    'This Idempotency-Key belongs to another request to this route. Send a new key with a new request, and the same request with the same key.',
  );

const inProgress = (leftMs: number) =>
  conflict(
    'idempotency.in_progress',
    'The first request with this Idempotency-Key is under way. Send it again after the seconds in Retry-After.',
    { retryAfterSeconds: Math.max(1, Math.min(leftMs / 1000, MOST_RETRY_AFTER_SECONDS)) },
  );

const replayOf = (status: number, outcome: string | undefined, key: string, id: string): Reply => {
  if (outcome === undefined) {
    throw conflict(
      'idempotency.answer_not_stored',
      `The request was carried out before, with status ${status}. Its answer was too large to store, or contained a secret and the key was ` +
        `shorter than ${LEAST_SEALING_CHARS} characters. Read the present state instead.`,
    );
  }
  const { headers, body } = JSON.parse(
    gunzipSync(Buffer.from(unseal(keysFrom(key, id), outcome, id), 'base64')).toString('utf8'),
  ) as Pick<Reply, 'headers' | 'body'>;
  return { status, headers: { ...headers, [REPLAYED]: 'true' }, body };
};

/** Undefined for an answer that is not stored. */
const sealedOf = (route: Route, { headers, body }: Reply, key: string, id: string): string | undefined => {
  if (route.answersSecret && key.length < LEAST_SEALING_CHARS) return undefined;
  const packed = gzipSync(JSON.stringify({ headers, body })).toString('base64');
  const sealed = seal(keysFrom(key, id), packed, id);
  return sealed.length > MOST_OUTCOME_CHARS ? undefined : sealed;
};
