import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  creationIn,
  detailsOf,
  opsgenieAlert,
  respondersOf,
  tagsOf,
  tinyIdOf,
} from '../../../functions/integrations/opsgenie/alert.ts';
import type { StoredIntegration } from '../../../functions/integrations/resources/integration.ts';
import { alertIdIn, slotOf, type Alert } from '../../../functions/alerts/alert.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import { runs } from '../../support/runs.ts';

const integration = {
  source: 'opsgenie:test',
  severities: {},
  defaultSeverity: 'error',
  service: null,
  team: null,
} as unknown as StoredIntegration;

/** Words that go through as they are: the limits of lengths, and what is cut there, are the subject of other tests. */
const word = fc.stringMatching(/^[a-z][a-z0-9 ]{0,14}[a-z]$/);
const named = fc.record(
  {
    type: fc.constantFrom('user', 'team', 'schedule', 'escalation', 'owl', 7),
    id: word,
    name: fc.oneof(word, fc.integer()),
    username: fc.constantFrom('', 'ana@example.com'),
  },
  { requiredKeys: [] },
);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), word);
const rarely = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything });

const body = fc.record(
  {
    message: rarely(word),
    alias: rarely(word),
    description: rarely(word),
    responders: rarely(fc.array(named, { maxLength: 3 })),
    visibleTo: rarely(fc.array(named, { maxLength: 2 })),
    actions: rarely(fc.array(word, { maxLength: 3 })),
    tags: rarely(fc.uniqueArray(word, { maxLength: 4 })),
    details: rarely(fc.dictionary(fc.constantFrom('k', 'tags', 'x y'), fc.oneof(word, fc.integer(), fc.boolean()))),
    entity: rarely(word),
    source: rarely(word),
    priority: rarely(fc.constantFrom('P1', 'p5', 'P6')),
    user: rarely(word),
    note: rarely(word),
  },
  { requiredKeys: [] },
);

type Body = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const saidNothing = (value: unknown): boolean => value === undefined || value === null || text(value).trim() === '';
const whole = (value: unknown): unknown => (saidNothing(value) && typeof value !== 'object' ? '' : value);

describe('a create request of Opsgenie', () => {
  it('is refused by the name of a field that it has, or of one that is missing, or is taken whole', () => {
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(body, (sent: Body) => {
        let creation;
        try {
          creation = creationIn(JSON.stringify(sent), integration);
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(Problem);
          const { kind, extras } = error as Problem;
          expect(kind).toBe('unprocessable');
          const field = extras.errors?.[0]?.pointer.slice(1) ?? '';
          expect(field === 'message' || Object.hasOwn(sent, field)).toBe(true);
          return;
        }
        taken += 1;
        const { event, responders } = creation;
        const alert = { ...event, id: alertIdIn(slotOf('a', 'b'), new Date()), status: 'open' } as unknown as Alert;
        const shown = opsgenieAlert(
          { ...alert, firstSeenAt: '', lastSeenAt: '', acknowledgedAt: null } as Alert,
          {
            ...integration,
            id: 'i',
            name: 'n',
          } as StoredIntegration,
        );
        expect(shown.message).toBe(text(sent['message']).trim());
        if (!saidNothing(sent['alias'])) expect(shown.alias).toBe(sent['alias']);
        for (const name of ['description', 'entity', 'source'] as const)
          expect(shown[name]).toBe(sent[name] === null ? '' : whole(sent[name]));
        const list = (name: string) => [sent[name] ?? []].flat().filter((each) => text(each).trim() !== '');
        expect(tagsOf(alert)).toEqual([...new Set(list('tags').flatMap((each) => text(each).split(',')))]);
        expect(shown.actions).toEqual(list('actions').flatMap((each) => text(each).split(',')));
        expect(respondersOf(alert)).toEqual(responders);
        expect(responders).toHaveLength(((sent['responders'] ?? []) as unknown[]).length);
        for (const [i, each] of responders.entries()) {
          const of = (sent['responders'] as Record<string, unknown>[])[i] ?? {};
          for (const part of ['id', 'name', 'username'] as const)
            expect(each[part] ?? '').toBe(saidNothing(of[part]) ? '' : of[part]);
        }
        for (const [name, value] of Object.entries((sent['details'] ?? {}) as object)) {
          if (name === '' || name === '__proto__' || value === null || value === '') continue;
          expect(detailsOf(alert)[name]).toBe(typeof value === 'string' ? value : JSON.stringify(value));
        }
        expect(shown.priority).toBe(saidNothing(sent['priority']) ? 'P3' : text(sent['priority']).toUpperCase());
        for (const part of ['user', 'source', 'note'])
          if (!saidNothing(sent[part])) expect(event.annotations['note']).toContain(text(sent[part]).trim());
      }),
      { numRuns: runs(2000) },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(10);
  });

  it('responders whose names do not fit into one annotation are refused, because a text that is cut names nobody', () => {
    const responders = Array.from({ length: 50 }, (_, i) => ({ type: 'user', username: `${i}`.padEnd(128, 'x') }));
    const sent = JSON.stringify({ message: 'm', responders });
    expect(() => creationIn(sent, integration)).toThrow('not processable');
  });
});

it('a tiny id is a short whole number that JavaScript has exactly', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('2025-01-01'), max: new Date('2050-01-01'), noInvalidDate: true }), (at) => {
      const tiny = tinyIdOf({ id: alertIdIn(slotOf('a', 'b'), at) });
      expect(tiny).toMatch(/^\d{12,16}$/);
      expect(String(Number(tiny))).toBe(tiny);
      expect(Number.isSafeInteger(Number(tiny))).toBe(true);
    }),
    { numRuns: runs(400) },
  );
});
