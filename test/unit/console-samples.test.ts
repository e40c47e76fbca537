import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tryMapping } from '../../functions/integrations/generic/try-mapping.ts';
import { Mapping } from '../../functions/integrations/generic/mapping.ts';
import { isPath, pathProblem, valueAt } from '../../functions/integrations/generic/path.ts';
import { PRESETS, type Preset } from '../../functions/integrations/generic/presets.ts';
import { guessFrom, pathsOf, parsedSample } from '../../web/src/integrations/sample.ts';
import { runs } from '../support/runs.ts';

const words = { defaultSeverity: 'error', severities: {}, type: 'webhook' } as const;
const tried = (mapping: Mapping, body: string) => {
  const { events } = tryMapping({ ...words, mapping, body, headers: {} });
  return events;
};

describe('a sample', () => {
  test('gives each value a path by which the backend finds it, whatever the names are', () => {
    const leaf = fc.oneof(
      fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== ''),
      fc.integer(),
      fc.boolean(),
    );
    const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('__proto__'));
    const message = fc.dictionary(name, fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(name, leaf)), {
      minKeys: 1,
      maxKeys: 6,
    });
    fc.assert(
      fc.property(message, (whole) => {
        for (const { path, value } of pathsOf(whole)) {
          expect([isPath(path), pathProblem(path)], path).toEqual([true, undefined]);
          expect(String(valueAt(path, { event: whole, whole, header: () => undefined })), path).toBe(value);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  test('of a single event gives a mapping that opens an alert, and resolves it by the word of its state', () => {
    const sample = (state: string) =>
      JSON.stringify({
        id: 'db-1/disk',
        title: 'Disk of db-1 is full',
        state,
        level: 'critical',
        service: 'ledger',
        text: 'sda: 99 %',
      });
    const mapping = Mapping.parse(guessFrom(sample('firing')));
    expect(tried(mapping, sample('firing'))).toMatchObject([
      {
        action: 'trigger',
        event: {
          dedupKey: 'db-1/disk',
          title: 'Disk of db-1 is full',
          severity: 'critical',
          service: 'ledger',
          description: 'sda: 99 %',
        },
      },
    ]);
    expect(tried(mapping, sample('OK'))).toMatchObject([{ action: 'resolve', dedupKey: 'db-1/disk' }]);
  });

  test('with a list of alerts gives a mapping that takes each of them', () => {
    const sample = JSON.stringify({
      receiver: 'x',
      alerts: [
        { fingerprint: 'a', status: 'firing', labels: { severity: 'warning' }, annotations: { summary: 'One' } },
        { fingerprint: 'b', status: 'resolved', labels: {}, annotations: { summary: 'Two' } },
      ],
    });
    const mapping = Mapping.parse(guessFrom(sample));
    expect(mapping.events).toBe('$.alerts');
    expect(tried(mapping, sample)).toMatchObject([
      { action: 'trigger', event: { dedupKey: 'a', title: 'One', severity: 'warning' } },
      { action: 'resolve', dedupKey: 'b' },
    ]);
  });

  test('of a form is read as one', () => {
    expect(parsedSample('host=db-1&state=down%20now')).toEqual({ host: 'db-1', state: 'down now' });
    expect(guessFrom('title=Down&id=7')).toMatchObject({ key: '$.id', title: '$.title' });
  });

  test('that is no message gives nothing, and every body that a vendor is given is one', () => {
    for (const text of ['', 'hello', '7', '"text"', '[]', '{}', 'null']) expect(guessFrom(text), text).toBeUndefined();
    const bodies = Object.values<Preset>(PRESETS).flatMap(({ body }) => body ?? []);
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) expect(guessFrom(body), body).toBeDefined();
  });
});
