import { describe, expect, it } from 'vitest';
import {
  hashPassword,
  isOutdatedHash,
  isPassword,
  NOBODYS_HASH,
} from '../../../functions/auth/accounts/hash-password.ts';
import { MAX_PASSWORD_CHARS, passwordRefusal } from '../../../functions/auth/accounts/password.ts';

it('beside a second factor eight characters are enough, and the other rules hold', () => {
  expect(passwordRefusal('tin lar', [], 'besideFactor')).toBe('too_short');
  expect(passwordRefusal('tin lark', [], 'besideFactor')).toBeUndefined();
  expect(passwordRefusal('password', [], 'besideFactor')).toBe('common');
});

describe('a password', () => {
  it.each([
    'correct mare battery staple',
    'tumbling gravel under seven boots',
    'ßtraße führt über den fluß',
    'пароль из четырёх слов',
    '雨の夜に鐘が三度鳴ったと聞いた',
    'W3xV0n1bJq8yT5uLr2kZp7Ma',
    'aaaa bbbb lighthouse',
    'jkqpxwvzmrtfhbnd',
    '9381-2047-5523-8810',
  ])('is taken without rules about its characters: %s', (password) =>
    expect(passwordRefusal(password, ['ana'])).toBeUndefined(),
  );

  it('counts characters, not bytes or UTF-16 units', () => {
    expect(passwordRefusal('🔔🔕🎺🥁🎷🎸🎻🪕🪗🪘🎹🎼🎵🎶', ['ana'])).toBe('too_short');
    expect(passwordRefusal('🔔🔕🎺🥁🎷🎸🎻🪕🪗🪘🎹🎼🎵🎶🎤', ['ana'])).toBeUndefined();
  });

  it('may be long, and not endless', () => {
    const long = 'lanterns over water '.repeat(13).slice(0, MAX_PASSWORD_CHARS - 10) + '0123 zebra';
    expect(passwordRefusal(long.slice(0, 64), [])).toBeUndefined();
    expect(passwordRefusal(`${long}x`.padEnd(MAX_PASSWORD_CHARS + 1, 'yz'), [])).toBe('too_long');
  });

  it.each(['Tr0ub4dor&3', 'fourteen chars'])('is not short: %s', (password) =>
    expect(passwordRefusal(password, [])).toBe('too_short'),
  );

  it.each([
    'passwordpassword',
    'Password12345678',
    'qwertyuiopasdfgh1',
    'iloveyou12345678!!',
    'dragonmonkeyqwerty',
    '1qaz2wsx3edc4rfv',
    'letmeinletmein2024',
  ])('is not made of common passwords: %s', (password) =>
    expect(['common', 'predictable']).toContain(passwordRefusal(password, [])),
  );

  it.each(['aaaaaaaaaaaaaaaa', 'abcabcabcabcabcabc', '1234567890123456', 'abcdefghijklmnopq', 'qwertyuiopoiuytrewq'])(
    'is not predictable: %s',
    (password) => expect(passwordRefusal(password, [])).toBe('predictable'),
  );

  it.each(['annabelle-winter7', 'annabelle.tocsin!9', 'Tocsin-tocsin-x9'])(
    'is not the name of things: %s',
    (password) => expect(passwordRefusal(password, ['annabelle', 'winter'])).toBe('about_you'),
  );

  it('is judged quickly however it is made', () => {
    const started = performance.now();
    for (const text of ['1234'.repeat(60), 'love'.repeat(16), `${'abc123'.repeat(10)}é`, '12 34 '.repeat(40)]) {
      passwordRefusal(text, []);
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('the hash of a password', () => {
  it('is argon2id with the parameters OWASP names, and a salt of its own', async () => {
    const [one, two] = await Promise.all([
      hashPassword('a quiet lamp at night'),
      hashPassword('a quiet lamp at night'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(two);
    expect(isOutdatedHash(one)).toBe(false);
  });

  it('opens for the same password however it was composed', async () => {
    const hash = await hashPassword('caf\u00e9 beside the harbour');
    expect(await isPassword('cafe\u0301 beside the harbour', hash)).toBe(true);
    expect(await isPassword('cafe beside the harbour', hash)).toBe(false);
  });

  it('of no user matches no password, at the same cost', async () => {
    expect(await isPassword('', NOBODYS_HASH)).toBe(false);
    expect(isOutdatedHash(NOBODYS_HASH)).toBe(false);
  });

  it('made with other parameters still opens, and is made again', async () => {
    const weaker = (await hashPassword('a quiet lamp at night')).replace('m=19456', 'm=9728');
    expect(isOutdatedHash(weaker)).toBe(true);
    expect(await isPassword('a quiet lamp at night', weaker)).toBe(false);
  });
});
