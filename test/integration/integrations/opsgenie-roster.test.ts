import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { surface } from '../../../functions/integrations/http/opsgenie.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';
import { ana, anOrganisation, ben } from '../../support/organisation.ts';
import { invoke } from '../../support/invoke.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let dynamo: TestDynamo;
let ingest: Ingest;
let call: (wire: string, key?: string) => ReturnType<typeof invoke>;
let scheduleId = '';
let teamId = '';
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  ({ scheduleId, teamId } = await anOrganisation(ingest));
  const deps = ingest.opsgenie();
  const handler = surface(() => deps);
  const { key: own } = await ingest.integration({ type: 'opsgenie', name: 'roster', configurationAccess: true });
  call = (wire, key = own) => {
    const [path = '', query = ''] = wire.split('?');
    return invoke(handler, 'GET /v2/{rest+}', {
      path,
      wireRest: path.replace(/^\/v2\//, ''),
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: { authorization: `GenieKey ${key}`, 'content-type': '' },
    });
  };
});
afterAll(() => dynamo.stop());

const RAW = 'First%20line/%C3%A4';
const ENCODED = 'First%20line%2F%C3%A4';

describe('200', () => {
  it('schedules, with rotations where they are expanded, and one by id and by name', async () => {
    const [plain] = (await call('/v2/schedules/')).body.data;
    expect(plain).toMatchObject({
      id: scheduleId,
      name: 'First line/ä',
      timezone: 'Europe/Berlin',
      enabled: true,
      rotations: [],
    });
    const [{ rotations }] = (await call('/v2/schedules?expand=rotation')).body.data;
    expect(rotations).toEqual([
      {
        id: `${scheduleId}_0`,
        name: 'Weeks',
        startDate: '2026-01-05T08:00:00.000Z',
        type: 'daily',
        length: 1,
        participants: [
          { type: 'user', id: ana, username: 'ana@example.com' },
          { type: 'user', id: ben, username: 'ben' },
        ],
      },
    ]);
    for (const path of [scheduleId, `${RAW}?identifierType=name`, `${ENCODED}?identifierType=name`])
      expect((await call(`/v2/schedules/${path}`)).body.data).toMatchObject({ id: scheduleId, rotations });
  });

  it('who is on call and who is next, at any time, flat and not, by id and by name', async () => {
    const _parent = { id: scheduleId, name: 'First line/ä', enabled: true };
    const date = encodeURIComponent('2026-03-10T12:00:00.000Z');
    const [flat, next] = ['on-calls', 'next-on-calls'].map(
      (what) => `${RAW}/${what}?scheduleIdentifierType=name&flat=true&date=${date}`,
    );
    expect((await call(`/v2/schedules/${flat}`)).body.data).toEqual({
      _parent,
      onCallRecipients: ['ana@example.com'],
    });
    expect((await call(`/v2/schedules/${next}`)).body.data).toEqual({
      _parent,
      nextOnCallRecipients: ['ben'],
      exactNextOnCallRecipients: ['ben'],
    });
    const later = encodeURIComponent('2026-03-11T08:00:00.000Z');
    expect((await call(`/v2/schedules/${scheduleId}/on-calls?date=${later}`)).body.data).toEqual({
      _parent,
      onCallParticipants: [{ id: ben, name: 'ben', type: 'user' }],
    });
    expect((await call('/v2/schedules/on-calls?flat=true')).body.data).toEqual([
      { _parent, onCallRecipients: [expect.stringMatching(/^(ana@example.com|ben)$/)] },
    ]);
  });

  it('users in pages and one by name and id, without anything but who they are', async () => {
    const { body } = await call('/v2/users/?limit=2&offset=1');
    expect(body).toMatchObject({ totalCount: 3, paging: { first: '/v2/users?offset=0&limit=2' } });
    expect(body.data).toEqual([
      {
        id: ben,
        username: 'ben',
        fullName: 'ben',
        role: { id: 'User', name: 'User' },
        blocked: false,
        verified: true,
      },
      expect.objectContaining({ username: 'carla', blocked: true }),
    ]);
    for (const name of ['ana@example.com', 'Ana%40example.com', ana])
      expect((await call(`/v2/users/${name}`)).body.data).toMatchObject({ id: ana, username: 'ana@example.com' });
  });

  it('teams with their members, and policies as escalations', async () => {
    expect((await call('/v2/teams')).body.data).toEqual([{ id: teamId, name: 'ops', description: '' }]);
    for (const path of [teamId, 'ops?identifierType=name'])
      expect((await call(`/v2/teams/${path}`)).body.data.members).toEqual([
        { user: { id: ana, username: 'ana@example.com' }, role: 'admin' },
        { user: { id: ben, username: 'ben' }, role: 'user' },
      ]);
    const [escalation] = (await call('/v2/escalations')).body.data;
    expect(escalation).toMatchObject({
      id: 'default',
      name: 'Everyone',
      rules: [
        { delay: { timeAmount: 0 }, recipient: { type: 'schedule', id: scheduleId } },
        { delay: { timeAmount: 5 }, recipient: { type: 'user', username: 'ben' } },
      ],
    });
    for (const path of ['default', 'Everyone?identifierType=name'])
      expect((await call(`/v2/escalations/${path}`)).body.data).toEqual(escalation);
  });
});

describe('403', () => {
  it('an integration without configuration access reads no people and no schedules', async () => {
    const { key } = await ingest.integration({ type: 'opsgenie', name: 'plain' });
    for (const path of ['schedules', 'schedules/on-calls', `schedules/${scheduleId}/on-calls`, 'users', 'teams'])
      expect(await call(`/v2/${path}`, key)).toMatchObject({ status: 403, body: { message: expect.any(String) } });
  });
});

describe('404', () => {
  it.each([
    'schedules/x',
    'schedules/x/on-calls',
    'schedules/x?identifierType=name',
    'users/x',
    'teams/x',
    'escalations/x',
  ])('%s', async (path) => {
    expect(await call(`/v2/${path}`)).toMatchObject({ status: 404, body: { message: expect.stringContaining('x') } });
  });
});

describe('422', () => {
  it.each(['soon', '%2B275760-09-12T00:00:00Z', '0001-01-01T00:00:00Z'])('the date %s', async (date) => {
    expect(await call(`/v2/schedules/${scheduleId}/on-calls?date=${date}`)).toMatchObject({
      status: 422,
      body: { errors: { date: expect.any(String) } },
    });
  });
});
