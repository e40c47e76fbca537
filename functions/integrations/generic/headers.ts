import type { Mapping } from './mapping.ts';

const NAMED = /header\.([A-Za-z0-9-]{1,64})/g;
/** Headers by which vendors name what happened; a mapping that is mended later may read them. */
const USUAL = ['content-type', 'x-event', 'x-event-type', 'x-github-event', 'x-gitlab-event'];
/** They prove who the sender is. */
const SECRET = /authorization|cookie|signature|token|secret|key/i;

/** The headers of a message that its mapping names, and the usual ones, for a replay. None that may be a secret. */
export const headersIn = (
  mapping: Mapping,
  header: (name: string) => string | undefined,
): Readonly<Record<string, string>> => {
  const named = [...JSON.stringify(mapping).matchAll(NAMED)].map(([, name = '']) => name.toLowerCase());
  const wanted = [...new Set([...USUAL, ...named])].filter((name) => !SECRET.test(name));
  return Object.fromEntries(
    wanted.flatMap((name) => {
      const value = header(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
};
