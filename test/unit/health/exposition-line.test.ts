import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleIn } from '../../../functions/health/monitors/exposition-line.ts';
import { scraped } from '../../../functions/health/monitors/scraped.ts';

const AT = new Date('2026-11-21T03:00:00Z');

describe('a line of an exposition', () => {
  it.each<[string, Record<string, string>, number]>([
    ['a 1', {}, 1],
    ['a\t1', {}, 1],
    ['  a 1  ', {}, 1],
    ['a{} 1', {}, 1],
    ['a{x="y"}9', { x: 'y' }, 9],
    ['a {x="y"} 6', { x: 'y' }, 6],
    ['a{ x = "y" , z="w" , } 7', { x: 'y', z: 'w' }, 7],
    ['a{x="}#{,="} 7', { x: '}#{,=' }, 7],
    ['a{x="q\\"u\\\\o\\nte"} 1', { x: 'q"u\\o\nte' }, 1],
    ['a 1 1700000000000', {}, 1],
    ['a 21.5 1700000000.123', {}, 21.5],
    ['a 1 -1.5e3', {}, 1],
    ['a_bucket{le="0.1"} 8 # {trace_id="KOO5S4vxi0o"} 0.067', { le: '0.1' }, 8],
    ['a_bucket{le="1"} 11 # {trace_id="x y"} 0.9 1520879607.789', { le: '1' }, 11],
    ['a_total 42 1700000000.5 # {trace_id="#"} 1.0', {}, 42],
    ['a_total 42 # {} 1.0', {}, 42],
    ['a +Inf', {}, Infinity],
    ['a -inf', {}, -Infinity],
    ['a Infinity', {}, Infinity],
    ['a NaN', {}, NaN],
    ['a nan', {}, NaN],
    ['a 1e3', {}, 1000],
    ['a .5', {}, 0.5],
    ['a 5.', {}, 5],
    ['a -1.5E-3', {}, -0.0015],
    ['{"a"} 1', {}, 1],
    ['{"a", "größe"="k", x="y"} 1', { größe: 'k', x: 'y' }, 1],
    ['a{"my.dotted"="k"} 1', { 'my.dotted': 'k' }, 1],
  ])('%s', (line, labels, value) => {
    expect(sampleIn(line)).toMatchObject({ labels, value });
  });

  it.each([
    '',
    'a',
    'a ',
    'a{',
    'a{x} 1',
    'a{x=y} 1',
    'a{x="y} 1',
    'a{x="y"',
    'a one',
    'a 0x10',
    'a 1_000',
    'a 1 soon',
    'a 1 2 3',
    'a 1 # no exemplar',
    '1a 1',
    '{} 1',
    '{"a","b"} 1',
    'a{"b"} 1',
    'größe 1',
  ])('%j is none', (line) => expect(sampleIn(line)).toBeUndefined());

  it('comes back whatever its labels hold', () => {
    const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\r', ''));
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), value),
        fc.double({ noNaN: true }).map((number) => number + 0),
        (labels, number) => {
          const text = Object.entries(labels).map(([name, of]) => `"${name}"="${escaped(of)}"`);
          const { labels: read, value: found } = sampleIn(`{"näme",${text.join(',')}} ${number}`) ?? {};
          expect([read, found]).toEqual([{ ...labels }, number]);
        },
      ),
    );
  });
});

describe('a scrape', () => {
  it('keeps two series two, of which one has a label that we add too', () => {
    const text = 'up{service="a"} 1\nup{service="b",exported_service="c"} 0\nup{monitor="x"} 1\n';
    const { measured } = scraped(text, ['up'], { service: 'ours', monitor: 'mon_1' }, AT);
    expect(measured.map(({ dimensions, rollup }) => [dimensions, rollup.last])).toEqual([
      [{ exported_service: 'a', service: 'ours', monitor: 'mon_1' }, 1],
      [{ exported_exported_service: 'b', exported_service: 'c', service: 'ours', monitor: 'mon_1' }, 0],
      [{ exported_monitor: 'x', service: 'ours', monitor: 'mon_1' }, 1],
    ]);
  });

  it('counts what it leaves out and what it does not understand', () => {
    const text = '# TYPE a gauge\r\na 1\r\na NaN\r\na{x="y} 1\r\nnot a line\r\n # EOF\r\n\r\n';
    expect(scraped(text, ['a'], {}, AT)).toMatchObject({ measured: [{ name: 'a' }], dropped: 2, unread: 1 });
  });
});
