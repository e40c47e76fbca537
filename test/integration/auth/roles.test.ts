import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceRole } from '../../../functions/auth/roles/save-role.ts';
import { authStore } from '../../../functions/auth/deps.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { INSIDE } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { startAuth, type TestAuth } from '../../support/auth.ts';

let auth: TestAuth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await auth.admin();
});
afterAll(() => auth.stop());

let names = 0;
const name = (): string => `role-${++names}`;
const create = (body: object, token = admin) => auth.call('POST /api/roles', { token, body });
const replace = (role: string, body: object, token = admin) => auth.call(`PUT /api/roles/${role}`, { token, body });
const remove = (role: string, token = admin) => auth.call(`DELETE /api/roles/${role}`, { token });
const permissionsOf = async (token: string): Promise<string[]> =>
  (await auth.call('GET /api/auth/me', { token })).body.permissions as string[];

describe('list', () => {
  it('200: the built-in roles with what they grant', async () => {
    const { body } = await auth.call('GET /api/roles', { token: admin });
    const builtIn = body.items.filter((role: { builtIn: boolean }) => role.builtIn);
    expect(builtIn.map((role: { name: string }) => role.name)).toEqual([
      'admin',
      'owner',
      'developer',
      'analyst',
      'operator',
      'member',
      'viewer',
    ]);
  });
});

describe('create', () => {
  it('201: a role that inherits, with all that it grants in the end', async () => {
    const [base, heir] = [name(), name()];
    await create({ name: base, permissions: ['monitoring.write'], tier: 'high' });
    const { status, body } = await create({
      name: heir,
      permissions: ['security.status.read'],
      inherits: [base, 'viewer'],
    });
    expect(status).toBe(201);
    expect(body.effectivePermissions).toEqual(['monitoring.health.read', 'monitoring.write', 'security.status.read']);
    expect(body.effectiveTier).toBe('high');
    const user = await auth.user([heir]);
    expect(await permissionsOf(user.accessToken)).toEqual(body.effectivePermissions);
    expect((await auth.call('GET /api/security/status', { token: user.accessToken })).status).toBe(200);
    expect((await auth.call('GET /api/users', { token: user.accessToken })).status).toBe(403);
  });

  it.each([
    'mon*',
    '*.read',
    'monitoring.**',
    'Monitoring.read',
    'a b',
    '.',
    'monitoring.',
    '',
    'bogus.perm',
    'bogus.*',
  ])('400: %j is no permission', async (permission) =>
    expect((await create({ name: name(), permissions: [permission] })).status).toBe(400),
  );

  it('400: a permission that does not exist, with the nearest one and where they are listed', async () => {
    const { status, body } = await create({ name: name(), permissions: ['monitoring.alert.raed'] });
    expect([status, body.code]).toEqual([400, 'body.invalid']);
    expect(body.errors).toEqual([
      {
        pointer: '/permissions/0',
        detail: expect.stringMatching(/openapi\.json.*Did you mean monitoring\.alert\.read\?$/),
      },
    ]);
  });

  it('409: a name that a role has, built in or custom', async () => {
    const taken = name();
    await create({ name: taken, permissions: [] });
    expect((await create({ name: taken, permissions: [] })).body.code).toBe('role.exists');
    expect((await create({ name: 'admin', permissions: [] })).body.code).toBe('role.exists');
  });

  it('201: `constructor` is a name like any other', async () => {
    const role = 'constructor';
    expect((await replace(role, { permissions: [] })).body.code).toBe('role.not_found');
    expect((await remove(role)).body.code).toBe('role.not_found');
    expect((await create({ name: role, permissions: ['monitoring.read'] })).status).toBe(201);
    expect((await create({ name: role, permissions: [] })).body.code).toBe('role.exists');
    expect(await permissionsOf((await auth.user([role])).accessToken)).toEqual(['monitoring.read']);
  });

  it('422: inheriting from what does not exist', async () => {
    expect((await create({ name: name(), permissions: [], inherits: ['nonsense'] })).body.code).toBe('role.unknown');
    const { body } = await create({ name: name(), permissions: [], inherits: ['viwer'] });
    expect(body.detail).toContain('Did you mean viewer?');
    expect(body.errors).toEqual([{ pointer: '/inherits', detail: 'unknown: viwer' }]);
  });

  it('403: a caller creates no role with permissions that they lack, also not by inheritance', async () => {
    const role = name();
    await create({ name: role, permissions: ['identity.*', 'monitoring.read'] });
    const { accessToken } = await auth.user([role]);
    expect((await create({ name: name(), permissions: ['monitoring.read'] }, accessToken)).status).toBe(201);
    expect((await create({ name: name(), permissions: ['*'] }, accessToken)).body.code).toBe('auth.escalation');
    expect((await create({ name: name(), permissions: [], inherits: ['admin'] }, accessToken)).body.code).toBe(
      'auth.escalation',
    );
    expect((await replace(role, { permissions: ['*'] }, accessToken)).body.code).toBe('auth.escalation');
  });
});

describe('replace', () => {
  it('200: applies to tokens that were issued before, as soon as the authorizer reads the roles', async () => {
    const role = name();
    await create({ name: role, permissions: ['identity.user.read'] });
    const { accessToken } = await auth.user([role]);
    const container = auth.container();
    await auth.authorize(accessToken, undefined, container);
    expect((await auth.call('GET /api/users', { token: accessToken })).status).toBe(200);
    expect((await replace(role, { permissions: [] })).status).toBe(200);
    expect((await auth.call('GET /api/users', { token: accessToken })).status).toBe(403);
    auth.advance(20);
    expect((await auth.authorize(accessToken, undefined, container)).context['permissions']).toBe('');
  });

  it('422: a role does not inherit from itself, over any number of steps', async () => {
    const [a, b, c] = [name(), name(), name()];
    await create({ name: a, permissions: [] });
    await create({ name: b, permissions: [], inherits: [a] });
    await create({ name: c, permissions: [], inherits: [b] });
    expect((await replace(a, { permissions: [], inherits: [c] })).body.code).toBe('role.cycle');
    expect((await replace(a, { permissions: [], inherits: [a] })).body.code).toBe('role.cycle');
  });

  it('409: two changes at once cannot close a circle between them', async () => {
    const [a, b] = [name(), name()];
    await create({ name: a, permissions: [] });
    await create({ name: b, permissions: [] });
    const answers = await Promise.all([
      replace(a, { permissions: [], inherits: [b] }),
      replace(b, { permissions: [], inherits: [a] }),
    ]);
    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
  });

  it('422: nor where one changes between what the other reads', async () => {
    const [a, b] = [name(), name()];
    await create({ name: a, permissions: [] });
    await create({ name: b, permissions: [] });
    const client = new DynamoDBClient({ endpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB'] });
    let changed = 0;
    const interrupted = {
      send: async (command: never) => {
        if ((command as object) instanceof GetItemCommand && changed++ === 0) {
          expect((await replace(b, { permissions: [], inherits: [a] })).status).toBe(200);
        }
        return client.send(command);
      },
    } as unknown as DynamoDBClient;
    const deps = { store: authStore(table(interrupted, auth.table), 900), clock: systemClock };
    const caller = { ...systemCaller('test'), permissions: ['*'] };
    await expect(
      replaceRole(deps, { caller, origin: INSIDE }, { name: a, permissions: [], inherits: [b] }),
    ).rejects.toMatchObject({ code: 'role.cycle' });
    expect(changed).toBeGreaterThan(0);
    client.destroy();
  });

  it('403: built-in roles stay as they are', async () => {
    expect((await replace('viewer', { permissions: ['*'] })).body.code).toBe('role.built_in');
    expect((await remove('admin')).body.code).toBe('role.built_in');
  });

  it('404: a role that does not exist', async () => {
    expect((await replace('nonsense', { permissions: [] })).status).toBe(404);
    expect((await remove('nonsense')).status).toBe(404);
  });
});

describe('delete', () => {
  it('204: a role that no user has', async () => {
    const role = name();
    await create({ name: role, permissions: [] });
    expect((await remove(role)).status).toBe(204);
    expect((await remove(role)).status).toBe(404);
  });

  it('409: a role that a user has or another role inherits', async () => {
    const [held, base] = [name(), name()];
    await create({ name: held, permissions: [] });
    await create({ name: base, permissions: [] });
    await create({ name: name(), permissions: [], inherits: [base] });
    await auth.user([held]);
    expect((await remove(held)).body.code).toBe('role.in_use');
    expect((await remove(base)).body.code).toBe('role.in_use');
  });
});
