import type { StandbyReader } from './reader.ts';

/** The standby register of the environment of a function. Loads nothing before the auth table refuses. */
export const standbyOf = (): StandbyReader => {
  let reader: Promise<StandbyReader> | undefined;
  return async () => {
    reader ??= import('./connect.ts').then(({ connectStandby }) => connectStandby());
    return (await reader)();
  };
};
