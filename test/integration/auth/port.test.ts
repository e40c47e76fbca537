import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people, userExists, userGuard } from '../../../functions/auth/port.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import { startAuth, type TestAuth } from '../../support/auth.ts';

let auth: TestAuth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await auth.admin();
});
afterAll(() => auth.stop());

const caller = (permissions: readonly string[], more: Partial<Caller> = {}): Caller => ({
  kind: 'user',
  id: 'usr_11111111111111111111111111',
  name: 'caller',
  sessionId: 'ses_1',
  roles: [],
  permissions,
  tier: 'standard',
  restricted: false,
  ...more,
});

const NOBODIES = ['SHARED', 'usr_00000000000000000000000000', 'x', 'x\n{"a":1}', 'USER', '#', 'constructor'];

describe('the guard of what belongs to a user', () => {
  const guard = () => userGuard(auth.db.client, auth.table);

  it('passes the user themselves, and callers with all permissions of the user', async () => {
    const { id } = await auth.user(['developer']);
    await guard()(caller([], { id }), id);
    await guard()(caller(['*']), id);
    await guard()(caller(['monitoring.*', 'oncall.*', 'integrations.ingest', 'status.*']), id);
  });

  it('refuses callers who lack a permission of the user, by built-in and custom roles', async () => {
    await auth.call('POST /api/roles', {
      token: admin,
      body: { name: 'guards', permissions: ['security.audit.read'] },
    });
    const users = [await auth.user(['admin']), await auth.user(['viewer', 'guards'])];
    for (const { id } of users) {
      await expect(guard()(caller(['identity.*', 'monitoring.*']), id)).rejects.toMatchObject({
        code: 'auth.escalation',
      });
    }
  });

  it('takes a machine key that has the id of a user for no user', async () => {
    const { id } = await auth.user(['admin']);
    await expect(guard()(caller([], { id, kind: 'machine' }), id)).rejects.toMatchObject({ code: 'auth.escalation' });
  });

  it('refuses unknown ids and the id of a deleted user', async () => {
    const { id } = await auth.user(['viewer']);
    await auth.call(`DELETE /api/users/${id}`, { token: admin });
    for (const nobody of [id, ...NOBODIES]) {
      await expect(guard()(caller(['*']), nobody)).rejects.toMatchObject({ code: 'user.not_found' });
    }
  });
});

describe('whether a user exists', () => {
  const exists = () => userExists(people(auth.db.client, auth.table));

  it('is true for an active and a disabled user', async () => {
    const { id } = await auth.user(['viewer']);
    expect(await exists()(id)).toBe(true);
    await auth.call(`PATCH /api/users/${id}`, { token: admin, body: { status: 'disabled' } });
    expect(await exists()(id)).toBe(true);
  });

  it('is false for a deleted user and for unknown ids', async () => {
    const { id } = await auth.user(['viewer']);
    await auth.call(`DELETE /api/users/${id}`, { token: admin });
    for (const nobody of [id, ...NOBODIES]) expect(await exists()(nobody), nobody).toBe(false);
  });
});
