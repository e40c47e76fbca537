import { watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Calls `rebuild` after a change below the directories, once for a burst of changes and never twice at a time.
 * Returns a function that ends it.
 */
export function watchSources(root: string, directories: readonly string[], rebuild: () => Promise<void>): () => void {
  const quietMs = 200;
  let pause: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await rebuild();
    } while (again);
    running = false;
  };
  const watchers = directories.map((directory) =>
    watch(join(root, directory), { recursive: true }, (_event, file) => {
      if (file && !/\.(ts|json|js)$/.test(file)) return;
      clearTimeout(pause);
      pause = setTimeout(() => void run(), quietMs);
    }),
  );
  return () => {
    clearTimeout(pause);
    for (const watcher of watchers) watcher.close();
  };
}
