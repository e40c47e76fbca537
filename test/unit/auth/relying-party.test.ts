import { expect, it } from 'vitest';
import { relyingParty } from '../../../functions/auth/factors/relying-party.ts';

it.each([
  ['https://pager.example.com/', { id: 'pager.example.com', origin: 'https://pager.example.com' }],
  [
    'https://a1.execute-api.eu-central-1.amazonaws.com/prod/',
    { id: 'a1.execute-api.eu-central-1.amazonaws.com', origin: 'https://a1.execute-api.eu-central-1.amazonaws.com' },
  ],
  ['http://127.0.0.1:8787/', { id: 'localhost', origin: 'http://localhost:8787' }],
  ['https://[::1]:8787/', { id: 'localhost', origin: 'https://localhost:8787' }],
])('the relying party of %s is its host, or localhost on this machine', (url, expected) => {
  expect(relyingParty(url)).toEqual(expected);
});
