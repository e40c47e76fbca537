/**
 * Asks once for each key, and answers the same afterwards: for as long as its holder means one moment, such as a
 * batch.
 */
export const onceEach = <T>(ask: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const asked = new Map<string, Promise<T>>();
  return (key) => {
    const answer = asked.get(key) ?? ask(key);
    asked.set(key, answer);
    return answer;
  };
};
