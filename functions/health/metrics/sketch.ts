import { DDSketch } from '@datadog/sketches-js';

/**
 * A distribution that can be merged: DDSketch with a relative error of one percent (Masson, Rim, Lee: DDSketch, VLDB 2019).
 * `positive` and `negative` are pairs of a bin's key and its count.
 */
export interface Sketch {
  readonly positive: readonly (readonly [key: number, count: number])[];
  readonly negative: readonly (readonly [key: number, count: number])[];
  readonly zeros: number;
}

const RELATIVE_ERROR = 0.01;

const empty = (): DDSketch => new DDSketch({ relativeAccuracy: RELATIVE_ERROR });

interface Store {
  readonly bins: readonly number[];
  readonly offset: number;
}

const binsOf = ({ bins, offset }: Store): [number, number][] =>
  bins.flatMap((count, i): [number, number][] => (count > 0 ? [[i + offset, count]] : []));

const sketchOf = ({ store, negativeStore, zeroCount }: DDSketch): Sketch => ({
  positive: binsOf(store as unknown as Store),
  negative: binsOf(negativeStore as unknown as Store),
  zeros: zeroCount,
});

/** The distribution of values, each with its weight. */
export const sketchOfValues = (values: readonly (readonly [value: number, weight: number])[]): Sketch => {
  const sketch = empty();
  for (const [value, weight] of values) if (weight > 0) sketch.accept(value, weight);
  return sketchOf(sketch);
};

const summed = (...all: readonly Sketch['positive'][]): [number, number][] => {
  const counts = new Map<number, number>();
  for (const [key, count] of all.flat()) counts.set(key, (counts.get(key) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b);
};

/** The distribution of everything that is in either. */
export const mergedSketch = (a: Sketch, b: Sketch): Sketch => ({
  positive: summed(a.positive, b.positive),
  negative: summed(a.negative, b.negative),
  zeros: a.zeros + b.zeros,
});

/** The value below which this share of the values lies, 0 to 1. */
export const quantileOf = ({ positive, negative, zeros }: Sketch, share: number): number => {
  const sketch = empty();
  for (const [key, count] of positive) sketch.store.add(key, count);
  for (const [key, count] of negative) sketch.negativeStore.add(key, count);
  sketch.zeroCount = zeros;
  sketch.count = [...positive, ...negative].reduce((sum, [, count]) => sum + count, zeros);
  return sketch.getValueAtQuantile(share);
};
