/** The signals by which a terminal, a shell or a service manager ends a run. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** A signal to the whole group and its copies from `npm` and `start.mjs` arrive within this time, and count as one. */
const echoMs = 500;

/**
 * Ends this process by every stop signal, and when the process that started it over a channel is gone. Returns a function that
 * takes what must be finished first; until it is called there is nothing to finish. A second signal ends the process at once.
 */
export function stopOnSignals(print: (line: string) => void): (finish: () => Promise<void>) => void {
  let finish: (() => Promise<void>) | undefined;
  let stoppingSince: number | undefined;

  const stop = (why: string): void => {
    if (!finish) process.exit(130);
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince < echoMs) return;
      print('Forced.');
      process.exit(130);
    }
    stoppingSince = performance.now();
    // The terminal may be gone; what runs is finished all the same.
    process.stdout.on('error', () => undefined);
    process.stderr.on('error', () => undefined);
    print(`${why}: finishing what runs (again to force) …`);
    finish().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  };

  for (const signal of STOP_SIGNALS) process.on(signal, () => stop(signal === 'SIGINT' ? 'Ctrl-C' : signal));
  process.on('disconnect', () => stop('The process that started this one is gone'));
  return (work) => {
    finish = work;
  };
}
