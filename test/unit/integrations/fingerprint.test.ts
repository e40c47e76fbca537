import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WebhookMessage } from '../../../functions/integrations/alertmanager/messages.ts';
import { fingerprintOf } from '../../../functions/integrations/alertmanager/fingerprint.ts';

const recorded = join(import.meta.dirname, '../../fixtures/alertmanager-0.25');

describe('the fingerprint of labels', () => {
  it.each(readdirSync(recorded))('is the one that Alertmanager itself gave in %s', (file) => {
    const { body } = JSON.parse(readFileSync(join(recorded, file), 'utf8')) as { body: WebhookMessage };
    expect(body.alerts.length).toBeGreaterThan(0);
    for (const alert of body.alerts as { labels: Record<string, string>; fingerprint: string }[]) {
      expect(fingerprintOf(alert.labels)).toBe(alert.fingerprint);
    }
  });

  it('does not depend on the order in which labels come', () => {
    expect(fingerprintOf({ b: '2', a: '1' })).toBe(fingerprintOf({ a: '1', b: '2' }));
  });

  it('differs for a=bc and ab=c', () => {
    expect(fingerprintOf({ a: 'bc' })).not.toBe(fingerprintOf({ ab: 'c' }));
  });

  it('takes the bytes of UTF-8, also outside of ASCII', () => {
    expect(fingerprintOf({ ä: 'ö', z: '🔔' })).toMatch(/^[0-9a-f]{16}$/);
  });
});
