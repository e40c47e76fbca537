const TYPE = /^[^\s;,"/]+\/[^\s;,"/]+$/;
const WEIGHT = /;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/i;

interface Range {
  readonly type: string;
  readonly weight: number;
}

/** `type/subtype` with its parameters, in one pass; a quoted value may hold commas and semicolons. RFC 9110, 12.5.1. */
const rangesIn = (accept: string): readonly Range[] =>
  partsOf(accept.toLowerCase()).flatMap((part) => {
    const end = part.indexOf(';');
    const type = (end === -1 ? part : part.slice(0, end)).trim();
    const parameters = end === -1 ? '' : part.slice(end);
    if (!TYPE.test(type)) return [];
    return [{ type, weight: Math.min(1, Number(WEIGHT.exec(parameters)?.[1] ?? 1)) }];
  });

const partsOf = (list: string): readonly string[] => {
  const parts: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < list.length; at++) {
    const char = list[at];
    if (isQuoted && char === '\\') at++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (char === ',' && !isQuoted) {
      parts.push(list.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, list.slice(from)];
};

/**
 * How much a client wants a media type, 0 to 1: by the most specific range of its `Accept` that contains the type, whatever
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

/** The media type that a client prefers among these, the first of equals. Undefined where it accepts none. Without `Accept`, the first. */
export const preferred = <T extends string>(accept: string | undefined, available: readonly T[]): T | undefined => {
  const ranges = rangesIn(accept ?? '');
  if (ranges.length === 0) return available[0];
  const [best] = available
    .map((type) => ({ type, weight: weightOf(ranges, type) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return best?.type;
};
