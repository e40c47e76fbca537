import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../functions/audit/entry.ts';
import { CHECKPOINTS, LATE } from '../../../functions/audit/table.ts';
import { auditTrail, DAY, entryAt, HOUR, MIDNIGHT, type AuditTrail } from '../../support/audit-chain.ts';
import { runs } from '../../support/runs.ts';

const MINUTE = 60_000;
const instant = (afterMs: number): string => new Date(MIDNIGHT + afterMs).toISOString();

type Item = AuditEntry & { readonly month: string; readonly position: string };

const itemsOf = (trail: AuditTrail, month: string): Promise<Item[]> =>
  trail.table.every<Item>({ where: '#month = :month', values: { month } });

/** A trail of six hours with entries at these minutes. */
const trailOf = async (minutes: readonly number[], retentionDays = 2): Promise<AuditTrail> => {
  const trail = auditTrail({ retentionDays });
  for (const [i, minute] of [...minutes].sort((a, b) => a - b).entries()) {
    trail.at(minute * MINUTE);
    await trail.add(entryAt(minute * MINUTE, String(i).padStart(3, '0')));
  }
  trail.at(8 * HOUR);
  await trail.close();
  return trail;
};

const one = <T>(all: readonly T[], choice: number): T => all[choice % all.length] as T;

const findingsOf = async (trail: AuditTrail, query = {}): Promise<readonly string[]> =>
  (await trail.verify(query)).flatMap(({ findings }) => findings.map(({ what }) => what));

describe('checkpoints', () => {
  it('cover all that the trail keeps from the first run on, in windows that never span two days', async () => {
    const trail = await trailOf([5, 70, 300]);
    const [answer] = await trail.verify();
    expect(answer).toMatchObject({ whole: true, entries: 3, coveredUntil: instant(7 * HOUR), next: null });
    const windows = await trail.table.every<{ from: string; to: string; number: number }>({
      where: '#month = :month',
      values: { month: CHECKPOINTS },
    });
    expect(windows.map(({ number }) => number)).toEqual(windows.map((_, i) => i + 1));
    expect(windows.map(({ from }) => from)).toEqual([instant(-2 * DAY), instant(-DAY), instant(0)]);
    expect(windows.at(-1)?.to).toBe(instant(7 * HOUR));
  });

  it('close each hour once, an hour after its end, and the hours that were missed by the next run', async () => {
    const trail = await trailOf([5]);
    trail.at(8 * HOUR + 59 * MINUTE);
    expect(await trail.close()).toBe(0);
    trail.at(9 * HOUR);
    expect(await trail.close()).toBe(1);
    trail.at(30 * HOUR);
    expect(await trail.close()).toBe(2);
    expect(trail.end()?.to).toBe(instant(29 * HOUR));
  });

  it('are added once by two runs at once, and both go on from the same chain', async () => {
    const trail = await trailOf([5]);
    trail.at(3 * DAY + 2 * HOUR);
    const added = await Promise.all([trail.close(), trail.close()]);
    expect(added.reduce((sum, each) => sum + each, 0)).toBe(4);
    expect(await findingsOf(trail)).toEqual([]);
  });

  it('go on where a run ended between the checkpoint and the end of the chain, or without time', async () => {
    const trail = await trailOf([5]);
    const before = trail.end();
    trail.at(9 * HOUR);
    expect(await trail.close(10_000)).toBe(0);
    await trail.close();
    trail.forgetEnd();
    trail.at(10 * HOUR);
    expect(await trail.close()).toBe(1);
    expect(trail.end()?.number).toBe((before?.number ?? 0) + 2);
    expect(await findingsOf(trail)).toEqual([]);
  });

  it('throw where somebody has put another checkpoint in the place of the next one', async () => {
    const trail = await trailOf([5]);
    const [last] = (await itemsOf(trail, CHECKPOINTS)).slice(-1);
    await trail.table.put({ ...last, position: instant(7 * HOUR), from: instant(7 * HOUR), to: instant(8 * HOUR) });
    trail.at(9 * HOUR);
    await expect(trail.close()).rejects.toThrow('is not ours');
  });

  it('go on after a table that came back from before, and what is lost is found', async () => {
    const trail = await trailOf([5]);
    const [last] = (await itemsOf(trail, CHECKPOINTS)).slice(-1);
    await trail.table.remove({ month: CHECKPOINTS, position: last?.position ?? '' });
    trail.at(9 * HOUR);
    expect(await trail.close()).toBe(1);
    expect(await findingsOf(trail)).not.toEqual([]);
    expect(await findingsOf(trail, { from: instant(7 * HOUR) })).not.toEqual([]);
  });
});

describe('an entry that is stored late', () => {
  it('is covered by the hour in which it was stored, once, and the hours before stay whole', async () => {
    const trail = await trailOf([5, 70]);
    const late = entryAt(30 * MINUTE, 'late');
    await trail.add(late);
    await trail.add(late);
    trail.at(10 * HOUR);
    await trail.close();
    expect(await itemsOf(trail, LATE)).toHaveLength(1);
    expect((await trail.list()).filter(({ id }) => id === late.id)).toHaveLength(1);
    const [answer] = await trail.verify();
    expect(answer).toMatchObject({ whole: true, entries: 3 });
    // Of the hour of its own time alone, the hour in which it was stored is checked as well.
    const [early] = await trail.verify({ from: instant(0), to: instant(HOUR) });
    expect(early).toMatchObject({ whole: true, checkpoints: 1, entries: 3 });
  });

  it('up to a quarter of an hour after the end of its hour is on time', async () => {
    const trail = auditTrail({ retentionDays: 2 });
    trail.at(HOUR + 14 * MINUTE);
    await trail.add(entryAt(30 * MINUTE, 'on-time'));
    trail.at(HOUR + 15 * MINUTE);
    await trail.add(entryAt(30 * MINUTE, 'late'));
    expect((await itemsOf(trail, LATE)).map(({ position }) => position)).toEqual([
      `${instant(HOUR + 15 * MINUTE)}#${instant(30 * MINUTE)}#evt_late`,
    ]);
  });

  it('before the next checkpoint is not covered yet, and nothing is wrong', async () => {
    const trail = await trailOf([5]);
    await trail.add(entryAt(30 * MINUTE, 'late'));
    expect(await findingsOf(trail)).toEqual([]);
  });
});

describe('somebody who can write the table is found', () => {
  /** What an attacker does to the entries and checkpoints of a table. */
  const ATTACKS: Readonly<
    Record<string, (trail: AuditTrail, items: readonly Item[], choice: number) => Promise<unknown>>
  > = {
    'who changes an entry': ({ table }, items, i) => table.put({ ...one(items, i), ip: '203.0.113.1' }),
    'who adds a field to an entry that lists show': ({ table }, items, i) =>
      table.put({ ...one(items, i), detail: { roles: 'developer', more: 'x' } }),
    'who deletes an entry': ({ table }, items, i) => {
      const { month, position } = one(items, i);
      return table.remove({ month, position });
    },
    'who adds an entry': (trail, _items, i) => {
      const at = (i % 400) * MINUTE + 1;
      trail.at(at);
      return trail.add(entryAt(at, 'forged')).then(() => trail.at(8 * HOUR));
    },
    'who adds an entry and calls it late': ({ table }, _items, i) => {
      const forged = entryAt((i % 400) * MINUTE + 1, 'forged');
      const [month, position] = [forged.at.slice(0, 7), `${forged.at}#${forged.id}`];
      return table.put({ ...forged, month, position, actionKey: `user.changed#${month}`, late: instant(5 * HOUR) });
    },
    'who adds an entry and its late key': async ({ table }, _items, i) => {
      const forged = entryAt((i % 400) * MINUTE + 1, 'forged');
      const [month, position] = [forged.at.slice(0, 7), `${forged.at}#${forged.id}`];
      await table.put({ ...forged, month, position, actionKey: `user.changed#${month}`, late: instant(5 * HOUR) });
      await table.put({ month: LATE, position: `${instant(5 * HOUR)}#${position}`, of: { month, position } });
    },
    'who calls an entry late': ({ table }, items, i) => table.put({ ...one(items, i), late: instant(5 * HOUR) }),
    'who moves an entry in time': async ({ table }, items, i) => {
      const { month, position, ...entry } = one(items, i);
      await table.remove({ month, position });
      const at = instant((i % 400) * MINUTE + 7);
      await table.put({ ...entry, at, month: at.slice(0, 7), position: `${at}#${entry.id}` });
    },
    'who hides an entry from the list of its actor': ({ table }, items, i) => {
      const { actorKey: _, ...item } = one(items, i) as Item & { actorKey?: string };
      return table.put(item);
    },
    'who deletes a checkpoint': async (trail, _items, i) => {
      const all = await itemsOf(trail, CHECKPOINTS);
      const { month, position } = one(all, i);
      await trail.table.remove({ month, position });
    },
    'who deletes the last checkpoints with their entries': async (trail, items) => {
      const [last] = (await itemsOf(trail, CHECKPOINTS)).slice(-1);
      for (const { month, position } of [...items, ...(last ? [last] : [])])
        await trail.table.remove({ month, position });
    },
    'who deletes everything': async (trail, items) => {
      for (const { month, position } of [...items, ...(await itemsOf(trail, CHECKPOINTS))]) {
        await trail.table.remove({ month, position });
      }
    },
    'who counts an entry out of a checkpoint': async (trail, items, i) => {
      const [last] = (await itemsOf(trail, CHECKPOINTS)).slice(-1);
      const { month, position } = one(items, i);
      await trail.table.remove({ month, position });
      await trail.table.put({ ...last, entries: items.length - 1 });
    },
  };

  it.each(Object.keys(ATTACKS))('%s', async (name) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(400), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        async (minutes, choice) => {
          const trail = await trailOf(minutes);
          expect(await findingsOf(trail)).toEqual([]);
          await ATTACKS[name]?.(trail, await itemsOf(trail, '2026-03'), choice);
          expect(await findingsOf(trail)).not.toEqual([]);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('who files an entry where no window reads it: no list shows it', async () => {
    const trail = await trailOf([5, 70]);
    const forged = entryAt(20 * MINUTE, 'forged');
    await trail.table.put({
      ...forged,
      month: '2026-03',
      position: '2026-03-1#elsewhere',
      actionKey: 'user.changed#2026-03',
    });
    expect((await trail.list()).map(({ id }) => id)).toEqual(['evt_001', 'evt_000']);
  });

  it('also in windows of a later answer', async () => {
    const trail = await trailOf([5], 420);
    expect(await trail.verify()).toMatchObject([
      { whole: true, checkpoints: 400, entries: 0 },
      { whole: true, entries: 1, next: null },
    ]);
    const [{ month, position }] = (await itemsOf(trail, '2026-03')) as [Item];
    await trail.table.remove({ month, position });
    expect((await trail.verify()).map(({ whole }) => whole)).toEqual([true, false]);
    expect(await findingsOf(trail, { to: instant(-10 * DAY) })).toEqual([]);
  });
});
