/** `type/subtype` with its parameters; a quoted value may hold commas and semicolons. RFC 9110, 12.5.1. */
const RANGE = /\s*([^\s;,"/]+\/[^\s;,"/]+)((?:[^",]|"(?:[^"\\]|\\.)*")*)(?:,|$)/g;
const WEIGHT = /;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/i;

interface Range {
  readonly type: string;
  readonly weight: number;
}

const rangesIn = (accept: string): readonly Range[] =>
  [...accept.toLowerCase().matchAll(RANGE)].map(([, type = '', parameters = '']) => ({
    type,
    weight: Math.min(1, Number(WEIGHT.exec(parameters)?.[1] ?? 1)),
  }));

/**
 * How much a client wants a media type, 0 to 1: by the most specific range of its `Accept` that the type lies in, whatever
 * further parameters it has; by the greatest weight where several are as specific. All types are welcome where nothing is said.
 */
const weightOf = (ranges: readonly Range[], mediaType: string): number => {
  const [family = ''] = mediaType.split('/', 1);
  for (const wanted of [mediaType, `${family}/*`, '*/*']) {
    const weights = ranges.filter(({ type }) => type === wanted).map(({ weight }) => weight);
    if (weights.length > 0) return Math.max(...weights);
  }
  return 0;
};

/** The media type that a client prefers among these, the first of those that it wants as much; undefined where it takes none. */
export const preferred = <T extends string>(accept: string | undefined, available: readonly T[]): T | undefined => {
  const ranges = rangesIn(accept ?? '');
  if (ranges.length === 0) return available[0];
  const [best] = available
    .map((type) => ({ type, weight: weightOf(ranges, type) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return best?.type;
};
