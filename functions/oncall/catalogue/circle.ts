/**
 * The way from `start` back to itself, both ends included, where `edges` go in a circle through it; undefined where they
 * do not. Looks at each node once, without recursion, so that no depth of nesting is too deep.
 */
export const circleThrough = (start: string, edges: (node: string) => readonly string[]): string[] | undefined => {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    for (const next of edges(node)) {
      if (next === start) return wayTo(node, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      waiting.push(next);
    }
  }
  return undefined;
};

const wayTo = (last: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] => {
  const back = [start];
  for (let node: string | undefined = last; node !== undefined && node !== start; node = cameFrom.get(node)) {
    back.push(node);
  }
  return [...back, start].reverse();
};
