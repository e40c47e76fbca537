import { describe, expect, it } from 'vitest';
import {
  firstRefreshToken,
  GRACE_SECONDS,
  misuseOf,
  parseRefreshToken,
  rotationOf,
  type RefreshState,
  type RefreshToken,
} from '../../../functions/auth/accounts/refresh-token.ts';

const of = { userId: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', sessionId: 'ses_01jd3v8m2k7q4xh2g8vq0p1m9e' };
const at = new Date('2026-11-21T03:00:00Z');
const later = (seconds: number): Date => new Date(at.getTime() + seconds * 1000);
const WEEK = 604_800;

const parsed = (text: string): RefreshToken => {
  const token = parseRefreshToken(text);
  if (!token) throw new Error('not a token');
  return token;
};

/** A session that has been rotated once: its first and second token. */
const rotatedOnce = () => {
  const first = firstRefreshToken(of, at, WEEK);
  const rotation = rotationOf(parsed(first.token), at, WEEK);
  const state: RefreshState = { ...first.state, ...rotation.set };
  return {
    first: first.token,
    second: rotation.token,
    state,
    expectedHash: rotation.expectedHash,
    before: first.state,
  };
};

describe('a refresh token', () => {
  it('names its user, its session and its generation', () => {
    expect(parsed(firstRefreshToken(of, at, WEEK).token)).toMatchObject({ ...of, generation: 1 });
  });

  it('is good for the rotation of the session that knows it', () => {
    const { expectedHash, before, second } = rotatedOnce();
    expect(expectedHash).toBe(before.hash);
    expect(parsed(second).generation).toBe(2);
  });

  it.each(['', 'trt_', 'trt_x', `trt_${'a'.repeat(52)}.1.short.short`, 'eyJhbGciOiJub25lIn0.e30.'])(
    'is not just any text: %j',
    (text) => expect(parseRefreshToken(text)).toBeUndefined(),
  );

  it('is in the table as hashes only', () => {
    const { first, second, state } = rotatedOnce();
    const kept = JSON.stringify(state);
    for (const part of [...first.split('.').slice(2), ...second.split('.').slice(2)]) expect(kept).not.toContain(part);
  });
});

describe('a refresh token that was used up', () => {
  it('gives the very same next token while the answer may have been lost', () => {
    const { first, second, state } = rotatedOnce();
    expect(misuseOf(parsed(first), state, later(GRACE_SECONDS))).toEqual({ kind: 'repeated', token: second });
  });

  it('is a reuse as soon as the grace is over', () => {
    const { first, state } = rotatedOnce();
    expect(misuseOf(parsed(first), state, later(GRACE_SECONDS + 0.001)).kind).toBe('reused');
  });

  it('is a reuse at once when it is older than the last one', () => {
    const { first, second, state } = rotatedOnce();
    const again = rotationOf(parsed(second), at, WEEK);
    expect(misuseOf(parsed(first), { ...state, ...again.set }, at).kind).toBe('reused');
  });

  it('does not let anybody compute the next one from it without the salt', () => {
    const { first, second } = rotatedOnce();
    expect(rotationOf(parsed(first), at, WEEK).token).not.toBe(second);
  });
});

describe('a made-up refresh token', () => {
  it('cannot end a session whose family secret it does not have', () => {
    const { first, state } = rotatedOnce();
    const [head, generation, family = '', secret] = first.split('.');
    const forged = `${head}.${generation}.${'A'.repeat(family.length)}.${secret}`;
    expect(misuseOf(parsed(forged), state, later(100)).kind).toBe('unknown');
  });

  it.each([2, 3, 1000])('of generation %i, which is not used up, is unknown', (generation) => {
    const { first, state } = rotatedOnce();
    const parts = first.split('.');
    parts[1] = generation.toString(36);
    expect(misuseOf(parsed(parts.join('.')), state, at).kind).toBe('unknown');
  });
});
