import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOneOrder, stayingOf } from '../../../operate/cli/configuration/overrides.ts';
import { canonical, type Fields } from '../../../operate/cli/configuration/value.ts';

const override = fc
  .record({
    userId: fc.constantFrom('user:ana', 'user:ben', 'user:cleo'),
    day: fc.nat(4),
    days: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ userId, day, days }) => ({
    kind: 'replace',
    userId,
    from: `2032-01-0${1 + day}T10:00:00.000Z`,
    to: `2032-01-0${1 + day + days}T10:00:00.000Z`,
  }));
const overrides = fc.uniqueArray(override, { maxLength: 6, selector: (each) => JSON.stringify(each) });
const same = (one: Fields, other: Fields): boolean => canonical(one) === canonical(other);

test('overrides of a document come into force in its order, and those that already are stay', () => {
  fc.assert(
    fc.property(overrides, overrides, (present, wanted) => {
      const stay = stayingOf(present, wanted);
      const kept = present.filter((each) => stay.has(canonical(each)));
      const made = [...kept, ...wanted.filter((each) => !kept.some((other) => same(other, each)))];
      for (const [i, one] of wanted.entries()) {
        for (const other of wanted.slice(i + 1)) {
          if (one.from >= other.to || other.from >= one.to) continue;
          expect(made.findIndex((each) => same(each, one))).toBeLessThan(made.findIndex((each) => same(each, other)));
        }
      }
      expect(made).toHaveLength(wanted.length);
      expect(stayingOf(wanted, wanted).size).toBe(wanted.length);
    }),
  );
});

const isAtOnce = (one: Fields, other: Fields): boolean =>
  String(one['from']) < String(other['to']) && String(other['from']) < String(one['to']);

test('documents that differ in the order of overrides which are never at once have them in one order; those at once keep theirs', () => {
  fc.assert(
    fc.property(overrides, fc.array(fc.nat(4), { maxLength: 20 }), (written, swaps) => {
      const other = [...written];
      for (const i of swaps) {
        const [one, next] = [other[i], other[i + 1]];
        if (one && next && !isAtOnce(one, next)) other.splice(i, 2, next, one);
      }
      const ordered = inOneOrder(written);
      expect(inOneOrder(other)).toEqual(ordered);
      expect(ordered).toHaveLength(written.length);
      for (const [i, one] of written.entries()) {
        for (const later of written.slice(i + 1).filter((each) => isAtOnce(one, each))) {
          expect(ordered.indexOf(one)).toBeLessThan(ordered.indexOf(later));
        }
      }
    }),
  );
});
