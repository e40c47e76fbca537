import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { terminal } from '../support/terminal.ts';
import { ADMIN_PASSWORD, startTocsin } from '../support/tocsin.ts';

test('an export of closed hours is whole, and one changed character of it is found', async () => {
  const tocsin = await startTocsin();
  try {
    const admin = await tocsin.admin();
    const ana = terminal({ TOCSIN_PASSWORD: ADMIN_PASSWORD }, { now: () => new Date(tocsin.runtime.clock.now()) });
    expect(await ana.tocsin('login', '--url', tocsin.url, '--username', 'admin')).toMatchObject({ code: 0 });
    await tocsin.pass(3 * 3600);
    const file = join(ana.home, 'trail.jsonl');
    await expect
      .poll(
        async () => {
          await ana.tocsin('audit', 'export', '--out', file);
          return readFileSync(file, 'utf8');
        },
        { timeout: 60_000, interval: 500 },
      )
      .toContain('"action":"login.succeeded"');
    const verified = await ana.tocsin('audit', 'verify', file);
    expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/The export is whole[^]*entries a second/) });
    const [, key = ''] = /Signed by the key ([0-9a-f]{64})/.exec(verified.out) ?? [];
    expect(await ana.tocsin('audit', 'verify', file, '--key', key)).toMatchObject({ code: 0 });
    expect(await ana.tocsin('audit', 'verify', file, '--key', key.replace(/^./, 'x'))).toMatchObject({ code: 2 });
    expect(await ana.tocsin('audit', 'verify', file, '--key', 'f'.repeat(64))).toMatchObject({ code: 1 });
    expect(await ana.tocsin('audit', 'verify', file, '--to', '2100-01-01T00:00:00Z')).toMatchObject({ code: 1 });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"outcome":"success"', '"outcome":"failure"'));
    expect(await ana.tocsin('audit', 'verify', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('✘ line'),
    });
    const { body } = await admin.get<{ whole: boolean; coveredUntil: string }>('/api/security/audit/verify');
    expect(body).toMatchObject({ whole: true, coveredUntil: expect.any(String) as unknown });
  } finally {
    await tocsin.stop();
  }
}, 240_000);
