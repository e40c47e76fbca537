import { expect, it } from 'vitest';
import { surface } from '../../../infra/surface.ts';
import { proofOf } from '../../../shared/http/proof.ts';

const needing = (kind: 'always' | 'two-factor'): readonly string[] =>
  surface()
    .filter((route) => proofOf(route) === kind)
    .map(({ method, path }) => `${method} ${path}`)
    .sort();

it('people prove afresh who they are before they change their own factors', () => {
  expect(needing('always')).toEqual([
    'DELETE /api/auth/factors/{id}',
    'POST /api/auth/factors',
    'POST /api/auth/factors/passkeys',
    'POST /api/auth/factors/passkeys/options',
    'POST /api/auth/factors/{id}/confirm',
    'POST /api/auth/recovery-codes',
  ]);
});

it('people with a second factor prove afresh who they are before they change access or delete configuration', () => {
  expect(needing('two-factor')).toEqual([
    'DELETE /api/api-keys/{id}',
    'DELETE /api/integrations/{key}',
    'DELETE /api/monitoring/incident-rules/{id}',
    'DELETE /api/monitoring/monitors/{id}',
    'DELETE /api/monitoring/rules/{id}',
    'DELETE /api/monitoring/subscriptions/{id}',
    'DELETE /api/oncall/contacts/{contactId}',
    'DELETE /api/oncall/policies/{id}',
    'DELETE /api/oncall/schedules/{id}',
    'DELETE /api/oncall/schedules/{id}/ical/{key}',
    'DELETE /api/roles/{name}',
    'DELETE /api/services/{id}',
    'DELETE /api/status/pages/{id}',
    'DELETE /api/status/subscribers/{id}/{subscriber}',
    'DELETE /api/teams/{id}',
    'DELETE /api/users/{id}',
    'PATCH /api/users/{id}',
    'POST /api/api-keys',
    'POST /api/roles',
    'POST /api/users',
    'PUT /api/roles/{name}',
  ]);
});

it('nobody proves anything for an act of the night: alerts, incidents, silences, overrides and swaps', () => {
  const atNight = surface().filter(({ permission }) =>
    [
      'monitoring.alert.acknowledge',
      'monitoring.alert.resolve',
      'monitoring.incident.update',
      'oncall.override.write',
      'oncall.swap',
    ].includes(permission),
  );
  expect(atNight.length).toBeGreaterThan(10);
  expect(atNight.filter((route) => proofOf(route) !== undefined)).toEqual([]);
});
