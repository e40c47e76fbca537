/** Says on the answer of a revocation within how many seconds every process has heard of it. */
export const effectiveWithin = (seconds: number): Readonly<Record<string, string>> => ({
  'tocsin-effective-within': String(seconds),
});
