import { describe, expect, test } from 'vitest';
import { banner, type BannerFacts } from '../../../local/tocsin/banner.ts';

const facts: BannerFacts = {
  url: 'http://127.0.0.1:8787',
  hasConsole: true,
  certificateFile: undefined,
  stage: 'dev',
  login: { username: 'admin', password: 'a bell in the night', passwordChangeRequired: false },
  wantedPassword: undefined,
  dataDirectory: undefined,
  logDirectory: 'logs',
  aheadSeconds: 0,
  startedInMs: 1000,
};

test('a run names the console, unless it has none', () => {
  expect(banner(facts)).toMatch(/console +http:\/\/127\.0\.0\.1:8787\/ /);
  expect(banner({ ...facts, hasConsole: false })).not.toContain('console');
});

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

describe('a start on data whose administrator has a password of their own', () => {
  const later = {
    ...facts,
    dataDirectory: '/the/data',
    login: { username: 'admin', passwordChangeRequired: false },
    wantedPassword: 'another bell',
  };

  test('shows neither a password nor a command that would need it', () => {
    const text = banner(later);
    expect(text).toContain('admin, with the password that was set in an earlier run');
    expect(text).not.toContain('another bell');
    expect(text).not.toContain('/api/auth/login');
  });

  test('says that TOCSIN_ADMIN_PASSWORD is ignored, how to change the password, and how to start over', () => {
    const text = banner(later);
    expect(text).toContain('TOCSIN_ADMIN_PASSWORD is ignored');
    expect(text).toContain('POST http://127.0.0.1:8787/api/auth/password');
    expect(text).toContain('delete /the/data to start over');
  });

  test('says nothing of TOCSIN_ADMIN_PASSWORD where nobody gave one', () => {
    expect(banner({ ...later, wantedPassword: undefined })).not.toContain('TOCSIN_ADMIN_PASSWORD');
  });

  test('says so too where that administrator was deleted', () => {
    const text = banner({ ...later, login: undefined });
    expect(text).toContain('as a user of an earlier run');
    expect(text).toContain('TOCSIN_ADMIN_PASSWORD is ignored');
  });
});
