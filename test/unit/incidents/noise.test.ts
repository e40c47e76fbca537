import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertFact, PageFact } from '../../../functions/incidents/analytics/fact.ts';
import { noiseAddedUp, noiseOf, noiseReport } from '../../../functions/incidents/analytics/noise.ts';

const ben = { id: 'usr_ben', name: 'ben' };
const slot = (n: number): string => 'abcdefgh'.charAt(n).repeat(24);

const alert = (n: number, more: Partial<AlertFact> = {}): AlertFact => ({
  alertId: `alr_01jd3v8m2k7q4x${slot(n)}`,
  openedAt: '2026-11-21T03:00:00.000Z',
  severity: 'warning',
  title: `Alert ${n}`,
  source: 'prometheus',
  service: null,
  team: null,
  ...more,
});

const page = (n: number, key: string): PageFact => ({
  subjectId: `alr_01jd3v8m2k7q4x${slot(n)}`,
  key,
  userId: 'usr_ben',
  sentAt: '2026-11-21T03:00:01.000Z',
  severity: 'warning',
  service: null,
});

const report = (facts: readonly (AlertFact | PageFact)[], days = 30) =>
  noiseReport(noiseAddedUp(facts.flatMap((fact) => noiseOf(fact) ?? [])), days, 50);

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

describe('the report of noise', () => {
  it('lists the kinds that paged most first, then those that opened most', () => {
    const { noisiest } = report([
      ...times(3, () => alert(1)),
      alert(2),
      page(2, 'a'),
      page(2, 'b'),
      ...times(5, () => alert(3)),
    ]);
    expect(noisiest.map(({ title, opened, pages }) => [title, opened, pages])).toEqual([
      ['Alert 2', 1, 2],
      ['Alert 3', 5, 0],
      ['Alert 1', 3, 0],
    ]);
  });

  it('names what nobody ever acts on, and not what a person acted on once, nor what a machine resolved and a person did not', () => {
    const { neverActedOn } = report([
      ...times(3, () => alert(1, { resolvedAt: '2026-11-21T05:00:00.000Z', resolvedBy: null })),
      ...times(3, () => alert(2)),
      alert(2, { acknowledgedAt: '2026-11-21T03:01:00.000Z', acknowledgedBy: ben }),
      ...times(2, () => alert(3)),
    ]);
    expect(neverActedOn).toEqual([
      expect.objectContaining({ title: 'Alert 1', opened: 3, acted: 0, advice: 'nobody_acts' }),
    ]);
  });

  it('advises to wait where most end by themselves within minutes', () => {
    const { noisiest } = report(times(4, () => alert(1, { resolvedAt: '2026-11-21T03:02:00.000Z', resolvedBy: null })));
    expect(noisiest[0]).toMatchObject({ advice: 'ends_alone', endsAloneAfterSeconds: 120 });
  });

  it('advises to find the cause of what comes several times a day', () => {
    const acted = { acknowledgedAt: '2026-11-21T03:01:00.000Z', acknowledgedBy: ben };
    expect(
      report(
        times(8, () => alert(1, acted)),
        2,
      ).noisiest[0],
    ).toMatchObject({ advice: 'comes_often' });
    expect(
      report(
        times(6, () => alert(1, acted)),
        2,
      ).noisiest[0],
    ).toMatchObject({ advice: 'none', adviceText: null });
  });

  it('does not count what opened before the range, and pages of incidents', () => {
    expect(report([page(1, 'a'), { ...page(1, 'b'), subjectId: 'inc_01jd3v8m2k7q4x' }]).noisiest).toEqual([]);
  });

  it('is the same in any order, and whether days were added up before or not', () => {
    const fact = fc.oneof(
      fc
        .record({ n: fc.nat(3), minute: fc.nat(59), acted: fc.boolean(), over: fc.boolean() })
        .map(({ n, minute, acted, over }) =>
          alert(n, {
            openedAt: `2026-11-21T03:${String(minute).padStart(2, '0')}:00.000Z`,
            ...(acted && { acknowledgedAt: '2026-11-21T04:01:00.000Z', acknowledgedBy: ben }),
            ...(over && { resolvedAt: '2026-11-21T05:00:00.000Z', resolvedBy: null }),
          }),
        ),
      fc.record({ n: fc.nat(3), key: fc.string() }).map(({ n, key }) => page(n, key)),
    );
    fc.assert(
      fc.property(fc.array(fact), fc.array(fact), (one, other) => {
        const rows = (facts: readonly (AlertFact | PageFact)[]) => facts.flatMap((each) => noiseOf(each) ?? []);
        const whole = noiseReport(noiseAddedUp(rows([...one, ...other])), 30, 50);
        const inParts = noiseAddedUp([...noiseAddedUp(rows(other)), ...noiseAddedUp(rows(one))]);
        expect(noiseReport(inParts, 30, 50)).toEqual(whole);
      }),
    );
  });
});
