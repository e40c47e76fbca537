import { expect, test } from 'vitest';
import { generateSecretString } from '../../../local/emulator/services/secrets/generate.ts';

test('a generated password has the length that was asked for, and a character of each kind', () => {
  const password = generateSecretString({ PasswordLength: 24, ExcludePunctuation: true });
  expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(password).toMatch(/[a-z]/);
  expect(password).toMatch(/[A-Z]/);
  expect(password).toMatch(/[0-9]/);
});

test('a template keeps its fields and gets the password under its key', () => {
  const secret = JSON.parse(
    generateSecretString({ SecretStringTemplate: '{"username":"admin"}', GenerateStringKey: 'password' }),
  ) as Record<string, string>;
  expect(secret['username']).toBe('admin');
  expect(secret['password']).toHaveLength(32);
});
