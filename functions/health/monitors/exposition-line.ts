/** A sample as an exposition has it: a name, labels and a value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const LABEL_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BLANKS = /[ \t]*/y;
const VALUE = /[^ \t#]+/y;
/** A time in milliseconds or in seconds with a fraction, and an exemplar; neither is kept. */
const REST =
  /^(?:[ \t]+[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)?(?:[ \t]+#[ \t]*\{.*\}[ \t]+\S+(?:[ \t]+\S+)?)?[ \t]*$/;

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };
const unescaped = (text: string): string => text.replace(/\\(.)/g, (whole, char: string) => ESCAPED[char] ?? whole);

/** Numbers as Go and OpenMetrics spell them; undefined for what is none. */
const numberIn = (text: string): number | undefined => {
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  return infinite ? (infinite[1] === '-' ? -Infinity : Infinity) : undefined;
};

/** Reads a line from left to right. */
const reader = (line: string) => {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(line) ?? undefined;
    if (found) at = pattern.lastIndex;
    return found;
  };
  return {
    take,
    skipBlanks: (): void => void take(BLANKS),
    takes: (char: string): boolean => {
      if (line[at] !== char) return false;
      at++;
      return true;
    },
    rest: (): string => line.slice(at),
  };
};

/**
 * The sample of a line of the text format of Prometheus, of OpenMetrics, or of Prometheus 3, which quotes names that are not ASCII
 * (`{"größe", label="x"} 1`). Undefined for a line that is none.
 * https://prometheus.io/docs/instrumenting/exposition_formats/, https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export const sampleIn = (line: string): Sample | undefined => {
  const { take, takes, skipBlanks, rest } = reader(line);
  skipBlanks();
  let name = take(NAME)?.[0];
  skipBlanks();
  const labels: [string, string][] = [];
  if (takes('{')) {
    for (;;) {
      skipBlanks();
      if (takes('}')) break;
      const quoted = take(QUOTED)?.[1];
      const label = quoted === undefined ? take(LABEL_NAME)?.[0] : unescaped(quoted);
      if (label === undefined) return undefined;
      skipBlanks();
      if (takes('=')) {
        skipBlanks();
        const value = take(QUOTED)?.[1];
        if (value === undefined) return undefined;
        labels.push([label, unescaped(value)]);
      } else {
        if (quoted === undefined || name !== undefined) return undefined;
        name = label;
      }
      skipBlanks();
      if (takes(',')) continue;
      if (!takes('}')) return undefined;
      break;
    }
    skipBlanks();
  } else if (name === undefined || !/[ \t]$/.test(line.slice(0, line.length - rest().length))) return undefined;
  const value = numberIn(take(VALUE)?.[0] ?? '');
  if (name === undefined || value === undefined || !REST.test(rest())) return undefined;
  return { name, labels: Object.fromEntries(labels), value };
};
