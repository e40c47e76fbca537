/*
 * Regular expressions as Alertmanager's matchers take them: the syntax of RE2 (https://github.com/google/re2/wiki/Syntax),
 * anchored at both ends, matched in time that grows with pattern times text and no faster, whatever the pattern. The
 * engine of JavaScript backtracks, and takes exponential time for some; a port of RE2 is half as large as a whole function
 * may be. Left out, and refused by name: flags inside the pattern, \b, Unicode classes, POSIX classes.
 */

const MAX_INSTRUCTIONS = 1000;
const MAX_REPEAT = 100;
const MAX_DEPTH = 50;

/** Why a text is no pattern that is understood here. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

type Range = readonly [low: number, high: number];

interface CharSet {
  readonly ranges: readonly Range[];
  readonly isNegated: boolean;
}

type Node =
  | { readonly is: 'char'; readonly set: CharSet }
  | { readonly is: 'start' | 'end' }
  | { readonly is: 'sequence' | 'choice'; readonly of: readonly Node[] }
  | { readonly is: 'repeat'; readonly of: Node; readonly min: number; readonly max: number };

type Instruction =
  | { readonly does: 'char'; readonly set: CharSet }
  | { readonly does: 'start' | 'end' | 'match' }
  | { does: 'split'; to: readonly number[] };

const code = (char: string): number => char.codePointAt(0) ?? 0;
const only = (char: string): CharSet => ({ ranges: [[code(char), code(char)]], isNegated: false });
const DIGITS: readonly Range[] = [[48, 57]];
const WORD: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: readonly Range[] = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const CLASSES: Readonly<Record<string, readonly Range[]>> = { d: DIGITS, w: WORD, s: SPACE };
const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\x07' };

/** A predicate over whole texts. Throws `PatternError` for what is no pattern, or none that is taken here. */
export const pattern = (source: string): ((text: string) => boolean) => {
  const flags = /^\(\?([is]+)\)/.exec(source);
  const ignoresCase = flags?.[1]?.includes('i') ?? false;
  const dotTakesAll = flags?.[1]?.includes('s') ?? false;
  const program = compiled(parsed([...source.slice(flags?.[0].length ?? 0)], dotTakesAll));
  return (text) => runs(program, [...text], ignoresCase);
};

const parsed = (chars: readonly string[], dotTakesAll: boolean): Node => {
  let at = 0;
  let depth = 0;
  const fail = (why: string): never => {
    throw new PatternError(`${why} at character ${at + 1} of the pattern`);
  };
  const takes = (text: string): boolean => {
    if (
      !chars
        .slice(at, at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    at += text.length;
    return true;
  };

  const choice = (): Node => {
    if (++depth > MAX_DEPTH) fail('Groups lie too deep in each other');
    const of = [sequence()];
    while (takes('|')) of.push(sequence());
    depth--;
    return of.length === 1 && of[0] ? of[0] : { is: 'choice', of };
  };

  const sequence = (): Node => {
    const of: Node[] = [];
    while (at < chars.length && chars[at] !== '|' && chars[at] !== ')') of.push(repeated());
    return { is: 'sequence', of };
  };

  const repeated = (): Node => {
    let of = atom();
    for (let times = quantifier(); times; times = quantifier()) {
      takes('?');
      of = { is: 'repeat', of, ...times };
    }
    return of;
  };

  const quantifier = (): { min: number; max: number } | undefined => {
    if (takes('*')) return { min: 0, max: Infinity };
    if (takes('+')) return { min: 1, max: Infinity };
    if (takes('?')) return { min: 0, max: 1 };
    const [whole, low, comma, high] = /^\{(\d+)(,?)(\d*)\}/.exec(chars.slice(at, at + 12).join('')) ?? [];
    if (whole === undefined) return undefined;
    at += whole.length;
    const min = Number(low);
    const max = high ? Number(high) : comma ? Infinity : min;
    if (min > max || min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) fail('A repetition is out of range');
    return { min, max };
  };

  const atom = (): Node => {
    const char = chars[at++] ?? fail('Something is missing');
    switch (char) {
      case '(':
        return group();
      case '[':
        return { is: 'char', set: bracket() };
      case '.':
        return { is: 'char', set: { ranges: dotTakesAll ? [] : [[10, 10]], isNegated: true } };
      case '^':
        return { is: 'start' };
      case '$':
        return { is: 'end' };
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        return fail('There is nothing to repeat');
      default:
        return { is: 'char', set: only(char) };
    }
  };

  const group = (): Node => {
    if (takes('?') && !takes(':')) {
      const name = /^P?<\w+>/.exec(chars.slice(at, at + 64).join(''))?.[0];
      if (!name) fail('Flags and look-around are not taken here');
      at += name?.length ?? 0;
    }
    const inner = choice();
    if (!takes(')')) fail('A parenthesis is not closed');
    return inner;
  };

  const escape = (): Node => {
    if (takes('A')) return { is: 'start' };
    if (takes('z')) return { is: 'end' };
    const char = chars[at++] ?? fail('A backslash ends the pattern');
    return { is: 'char', set: classOf(char) ?? only(literalOf(char)) };
  };

  const classOf = (char: string): CharSet | undefined => {
    const ranges = CLASSES[char.toLowerCase()];
    return ranges && { ranges, isNegated: char !== char.toLowerCase() };
  };

  const literalOf = (char: string): string => {
    if (Object.hasOwn(CONTROLS, char)) return CONTROLS[char] ?? '';
    if (char === 'x') return hexadecimal();
    return /[A-Za-z0-9]/.test(char) ? fail(`\\${char} is not taken here`) : char;
  };

  const hexadecimal = (): string => {
    const [whole, short, long] =
      /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(chars.slice(at, at + 8).join('')) ?? [];
    const value = parseInt(short ?? long ?? '', 16);
    if (whole === undefined || value > 0x10ffff) return fail('\\x wants a code point');
    at += whole.length;
    return String.fromCodePoint(value);
  };

  const bracket = (): CharSet => {
    const isNegated = takes('^');
    const ranges: Range[] = [];
    for (let isFirst = true; isFirst || chars[at] !== ']'; isFirst = false) {
      if (at >= chars.length) fail('A bracket is not closed');
      if (chars[at] === '[' && chars[at + 1] === ':') fail('Classes such as [:alpha:] are not taken here');
      const low = member();
      if (typeof low !== 'string') {
        ranges.push(...low);
        continue;
      }
      if (chars[at] === '-' && chars[at + 1] !== ']' && chars[at + 1] !== undefined) {
        at++;
        const high = member();
        if (typeof high !== 'string' || code(high) < code(low)) return fail('A range runs backwards');
        ranges.push([code(low), code(high)]);
      } else ranges.push([code(low), code(low)]);
    }
    at++;
    return { ranges, isNegated };
  };

  /** One character, or the ranges of a class such as \d. */
  const member = (): string | readonly Range[] => {
    const char = chars[at++] ?? fail('A bracket is not closed');
    if (char !== '\\') return char;
    const escaped = chars[at++] ?? fail('A backslash ends the pattern');
    const set = classOf(escaped);
    if (set?.isNegated) return fail(`\\${escaped} is not taken inside brackets`);
    return set?.ranges ?? literalOf(escaped);
  };

  const whole = choice();
  if (at < chars.length) fail('A parenthesis is closed that was not opened');
  return whole;
};

/** Thompson's construction: each instruction goes on to the next, a split to each of its targets. */
const compiled = (root: Node): readonly Instruction[] => {
  const program: Instruction[] = [];
  const add = <I extends Instruction>(instruction: I): I => {
    if (program.length >= MAX_INSTRUCTIONS) throw new PatternError('The pattern is too large');
    program.push(instruction);
    return instruction;
  };
  const split = () => add({ does: 'split', to: [] as readonly number[] });

  const write = (node: Node): void => {
    switch (node.is) {
      case 'char':
        add({ does: 'char', set: node.set });
        return;
      case 'start':
      case 'end':
        add({ does: node.is });
        return;
      case 'sequence':
        node.of.forEach(write);
        return;
      case 'choice': {
        const fork = split();
        const ends = node.of.map((each) => {
          fork.to = [...fork.to, program.length];
          write(each);
          return split();
        });
        for (const end of ends) end.to = [program.length];
        return;
      }
      case 'repeat': {
        for (let times = 0; times < node.min; times++) write(node.of);
        if (node.max === Infinity) {
          const loop = program.length;
          const fork = split();
          write(node.of);
          split().to = [loop];
          fork.to = [loop + 1, program.length];
          return;
        }
        const forks = Array.from({ length: node.max - node.min }, () => {
          const fork = split();
          const inside = program.length;
          write(node.of);
          return { fork, inside };
        });
        for (const { fork, inside } of forks) fork.to = [inside, program.length];
      }
    }
  };

  write(root);
  add({ does: 'match' });
  return program;
};

/** Follows every way through the program at once, so that each instruction is looked at once a character. */
const runs = (program: readonly Instruction[], text: readonly string[], ignoresCase: boolean): boolean => {
  const reached = (starts: readonly number[], at: number): number[] => {
    const seen = new Uint8Array(program.length);
    const waiting = [...starts];
    const found: number[] = [];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const instruction = program[next];
      if (!instruction || seen[next]) continue;
      seen[next] = 1;
      if (instruction.does === 'split') waiting.push(...instruction.to);
      else if (instruction.does === 'start' ? at === 0 : instruction.does === 'end' && at === text.length)
        waiting.push(next + 1);
      else if (instruction.does === 'char' || instruction.does === 'match') found.push(next);
    }
    return found;
  };
  let states = reached([0], 0);
  for (const [index, char] of text.entries()) {
    const spellings = ignoresCase ? [char, char.toLowerCase(), char.toUpperCase()] : [char];
    states = reached(
      states.flatMap((state) => {
        const instruction = program[state];
        return instruction?.does === 'char' && spellings.some((each) => has(instruction.set, code(each)))
          ? [state + 1]
          : [];
      }),
      index + 1,
    );
    if (states.length === 0) return false;
  }
  return states.some((state) => program[state]?.does === 'match');
};

const has = ({ ranges, isNegated }: CharSet, char: number): boolean =>
  ranges.some(([low, high]) => low <= char && char <= high) !== isNegated;
