import { expect, test } from 'vitest';
import { banner, type BannerFacts } from '../../../local/tocsin/banner.ts';

const facts: BannerFacts = {
  url: 'http://127.0.0.1:8787',
  certificateFile: undefined,
  stage: 'dev',
  username: 'admin',
  password: 'a bell in the night',
  passwordChangeRequired: false,
  dataDirectory: undefined,
  logDirectory: 'logs',
  aheadSeconds: 0,
  startedInMs: 1000,
};

test('a run over http asks nobody to trust a certificate', () => {
  expect(banner(facts)).not.toMatch(/cacert|NODE_EXTRA_CA_CERTS|https:/);
});

test('a run over https says how to trust its certificate, and each line of curl does', () => {
  const text = banner({ ...facts, url: 'https://127.0.0.1:8787', certificateFile: '/the data/certificate.pem' });
  expect(text).toContain("NODE_EXTRA_CA_CERTS='/the data/certificate.pem'");
  expect(text).not.toContain('http://');
  const calls = text.split('\n').filter((line) => line.includes('curl'));
  expect(calls.length).toBeGreaterThan(3);
  for (const line of calls) expect(line).toContain("curl --cacert '/the data/certificate.pem' ");
});
