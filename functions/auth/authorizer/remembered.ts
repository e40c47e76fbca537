const MAX_REMEMBERED = 1_000;

/** What was made for a key before, or is made now. A memory that is full starts again. */
export const remembered = <T>(memory: Map<string, T>, key: string, make: () => T): T => {
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= MAX_REMEMBERED) memory.clear();
  const made = make();
  memory.set(key, made);
  return made;
};
