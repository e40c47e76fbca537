import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../functions/audit/entry.ts';
import { requestsReactor } from '../../../functions/audit/reactors/requests.ts';
import { entriesOfRequests } from '../../../functions/audit/requests/requests.ts';
import { auditTrail, MIDNIGHT } from '../../support/audit-chain.ts';

const line = (over: Readonly<Record<string, string>> = {}) => ({
  requestId: 'r1',
  time: '10/Mar/2026:00:00:01 +0000',
  method: 'GET',
  route: '/api/users',
  status: '403',
  bytes: '120',
  ip: '192.0.2.7',
  principal: 'usr_anna',
  error: 'ACCESS_DENIED',
  ...over,
});

/** A batch of lines, each so many milliseconds after midnight. */
const batchOf = (lines: readonly (readonly [afterMs: number, line: object | string])[]) => ({
  messageType: 'DATA_MESSAGE',
  logEvents: lines.map(([afterMs, each], i) => ({
    id: `e${i}`,
    timestamp: MIDNIGHT + afterMs,
    message: typeof each === 'string' ? each : JSON.stringify(each),
  })),
});

describe('refused requests', () => {
  it('are one entry for each actor, address, route, status, reason and minute, with their number', () => {
    const entries = entriesOfRequests(
      batchOf([
        [1_000, line()],
        [2_000, line({ requestId: 'r2' })],
        [3_000, line({ requestId: 'r3', ip: '192.0.2.8' })],
        [61_000, line({ requestId: 'r4' })],
        [62_000, line({ status: '429', error: 'THROTTLED' })],
        [62_500, line({ status: '401', error: 'UNAUTHORIZED', principal: '-' })],
      ]),
    );
    expect(
      entries.map(({ at, ip, actor, detail }) => [at.slice(14, 19), ip, actor.kind, detail['status'], detail['count']]),
    ).toEqual([
      ['00:01', '192.0.2.7', 'user', '403', '2'],
      ['00:03', '192.0.2.8', 'user', '403', '1'],
      ['01:01', '192.0.2.7', 'user', '403', '1'],
      ['01:02', '192.0.2.7', 'user', '429', '1'],
      ['01:02', '192.0.2.7', 'unknown', '401', '1'],
    ]);
    expect(entries[0]).toMatchObject({
      action: 'request.refused',
      outcome: 'denied',
      subject: { kind: 'route', id: '/api/users', name: 'GET /api/users' },
      requestId: 'r1',
      detail: { reason: 'permission_missing', until: '2026-03-10T00:00:02.000Z' },
    });
  });

  it('of a function that refuses itself, and of the cheaper address, are among them', () => {
    const [own, cheap] = entriesOfRequests(
      batchOf([
        [1, line({ error: '-' })],
        [
          2,
          line({
            route: 'POST /api/integrations/{key}/events',
            method: 'POST',
            principal: '-',
            error: '-',
            status: '401',
          }),
        ],
      ]),
    );
    expect(own?.detail['reason']).toBe('not_allowed');
    expect(cheap).toMatchObject({
      subject: { name: 'POST /api/integrations/{key}/events' },
      actor: { kind: 'unknown' },
    });
  });

  it('beyond fifty kinds in a batch are one entry, so that a burst is no burst of writes', () => {
    const all = Array.from({ length: 300 }, (_, i) => [i, line({ ip: `198.51.100.${i}` })] as const);
    const entries = entriesOfRequests(batchOf(all));
    expect(entries).toHaveLength(51);
    expect(entries.at(-1)).toMatchObject({ subject: { name: 'others' }, ip: '', detail: { count: '250' } });
  });

  it('of a login are left out, because a function records why it was refused', () => {
    expect(
      entriesOfRequests(batchOf([[1, line({ route: '/api/auth/login', method: 'POST', status: '401' })]])),
    ).toEqual([]);
  });
});

describe('reads of what is sensitive', () => {
  it('are entries with who read and how often; other reads and lines are none', () => {
    const entries = entriesOfRequests(
      batchOf([
        [1, line({ route: '/api/users/{id}/contacts', status: '200', error: '-' })],
        [2, line({ route: '/api/security/audit', status: '200', error: '-' })],
        [3, line({ route: '/api/security/audit', status: '200', error: '-' })],
        [4, line({ route: '/api/users/{id}/contacts', method: 'POST', status: '201', error: '-' })],
        [5, line({ route: '/api/users', status: '200', error: '-' })],
        [6, 'no JSON'],
        [7, { status: 401 }],
      ]),
    );
    expect(entries.map(({ action, outcome, detail }) => [action, outcome, detail['count']])).toEqual([
      ['contacts.read', 'success', '1'],
      ['audit.read', 'success', '2'],
    ]);
  });
});

it('a batch that CloudWatch Logs delivers twice is stored once', async () => {
  const trail = auditTrail();
  trail.at(5_000);
  const added: AuditEntry[] = [];
  const store = {
    add: async (entry: AuditEntry) => {
      added.push(entry);
      await trail.add(entry);
    },
  };
  const handle = requestsReactor(() => ({ clock: trail.deps.clock, store }));
  const data = gzipSync(JSON.stringify(batchOf([[1_000, line()]]))).toString('base64');
  await handle({ awslogs: { data } });
  await handle({ awslogs: { data } });
  expect(added).toHaveLength(2);
  expect((await trail.list()).map(({ action }) => action)).toEqual(['request.refused']);
});
