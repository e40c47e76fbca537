import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledgement, resolution, SEVERITIES, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { matchesQuery } from '../../../functions/alerts/query/matches.ts';
import { parseQuery } from '../../../functions/alerts/query/query.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import { listAlerts } from '../../../functions/alerts/verbs/list-alerts.ts';
import { encodeCursor } from '../../../shared/kernel/page.ts';
import { alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { memoryTable } from '../../support/memory-table.ts';

const scene = async (count: number) => {
  const { client, tableName } = memoryTable(ALERTS_TABLE_SHAPE);
  const store = alertStores(client, tableName).store;
  const clock = standingClock();
  const alerts: StoredAlert[] = [];
  for (let i = 0; i < count; i++) {
    const { alert } = await store.raise(anEvent(), machine, clock.advance(1000), eventNameIn(`p.${i + 1}`));
    alerts.push(alert);
  }
  return {
    store,
    clock,
    alerts,
    resolve: async (alert: StoredAlert | undefined): Promise<void> => {
      if (!alert) return;
      const { done, alert: ended } = await store.change(alert.id, resolution(anna, clock.advance(1)));
      if (done && ended) await store.archive(ended);
    },
  };
};

describe('a walk through all alerts', () => {
  it('shows each alert once, whichever resolve meanwhile', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.array(fc.nat(24), { maxLength: 6 }), { maxLength: 30 }),
        async (count, limit, resolvedAfterPage) => {
          const { store, clock, alerts, resolve } = await scene(count);
          const found: string[] = [];
          let cursor: string | undefined;
          for (let page = 0; page === 0 || cursor; page++) {
            const answer = await listAlerts({ store, clock }, { limit, ...(cursor && { cursor }) });
            found.push(...answer.items.map(({ id }) => id));
            cursor = answer.next ?? undefined;
            for (const index of resolvedAfterPage[page] ?? []) await resolve(alerts[index]);
          }
          expect(found.toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());
        },
      ),
      { numRuns: 60 },
    ));

  it('with a query shows those that fit it, and each of them', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(
          'status:open',
          'status:resolved',
          'status:closed OR severity:critical',
          'NOT status:resolved AND severity>=error',
          'severity:info OR (status:acknowledged created<1h)',
          'status:resolved status:open',
          'created>10s AND created<25s',
          'service:cart -severity:critical',
        ),
        async (limit, query) => {
          const { store, clock, alerts, resolve } = await scene(0);
          for (const [i, severity] of [...SEVERITIES, ...SEVERITIES, ...SEVERITIES].entries()) {
            const event = anEvent({ severity, service: i % 2 === 0 ? 'cart' : 'shop' });
            alerts.push((await store.raise(event, machine, clock.advance(3000), eventNameIn(`q.${i + 1}`))).alert);
          }
          for (const alert of alerts.slice(0, 4)) await resolve(alert);
          for (const alert of alerts.slice(4, 6)) await store.change(alert.id, acknowledgement(anna, clock.now()));
          const now = await Promise.all(alerts.map(({ id }) => store.byId(id)));
          const parsed = parseQuery(query);
          const wanted = now.flatMap((alert) => (alert && matchesQuery(parsed, alert, clock.now()) ? [alert.id] : []));
          const found: string[] = [];
          let cursor: string | null = null;
          do {
            const page: Awaited<ReturnType<typeof listAlerts>> = await listAlerts(
              { store, clock },
              { query, limit, ...(cursor && { cursor }) },
            );
            found.push(...page.items.map(({ id }) => id));
            cursor = page.next;
          } while (cursor);
          expect(found.toSorted()).toEqual(wanted.toSorted());
        },
      ),
      { numRuns: 40 },
    ));

  it('shows an alert once that resolves long after its page, also beyond the ids that a cursor carries', async () => {
    const { store, clock, alerts, resolve } = await scene(450);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const answer = await listAlerts({ store, clock }, { limit: 100, ...(cursor && { cursor }) });
      expect((answer.next ?? '').length).toBeLessThanOrEqual(4096);
      found.push(...answer.items.map(({ id }) => id));
      cursor = answer.next ?? undefined;
      if (found.length === alerts.length) {
        clock.advance(60_000);
        for (const alert of [...alerts.slice(0, 3), ...alerts.slice(-3)]) await resolve(alert);
      }
    } while (cursor);
    expect(found).toHaveLength(alerts.length);
  });

  it('fills a page although few fit, rather than answering an empty one that goes on', async () => {
    const { store, clock, alerts } = await scene(450);
    for (const each of [alerts[0], alerts[1], alerts[2]])
      if (each) await store.change(each.id, acknowledgement(anna, clock.now()));
    const first = await listAlerts({ store, clock }, { query: 'status:acknowledged', limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([alerts[2]?.id, alerts[1]?.id]);
    const rest = await listAlerts(
      { store, clock },
      { query: 'status:acknowledged', limit: 2, ...(first.next !== null && { cursor: first.next }) },
    );
    expect(rest).toMatchObject({ items: [{ id: alerts[0]?.id }] });
    expect(await listAlerts({ store, clock }, { query: 'title:"never said"', limit: 1 })).toEqual({
      items: [],
      next: null,
    });
  });

  it.each([null, 'x', 1, [], ['unresolved'], ['both', null, {}], ['resolved', 1, { began: 1, ids: '' }]])(
    'refuses the position %j',
    async (position) => {
      const { store, clock } = await scene(1);
      const cursor = encodeCursor(position, { list: 'alerts' });
      await expect(listAlerts({ store, clock }, { limit: 10, cursor })).rejects.toMatchObject({
        code: 'cursor.invalid',
      });
    },
  );
});
