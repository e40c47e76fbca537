import type { Clock } from '../../../shared/kernel/clock.ts';
import { overall, type Broken, type Overall } from './overall.ts';
import type { OverviewStore } from './store.ts';

export interface Health {
  readonly status: Overall;
}

export interface Dashboard extends Health {
  readonly reasons: Broken[];
  readonly counts: { readonly monitors: number; readonly rules: number };
  readonly at: string;
}

/** What is told is at most this old. */
const FRESH_MS = 5_000;

/** The overall status, computed from what is broken; read at most once in five seconds by a container. */
export const healthReader = ({ store, clock }: { readonly store: OverviewStore; readonly clock: Clock }) => {
  let known: { readonly at: number; readonly broken: readonly Broken[] } | undefined;
  return async (): Promise<Dashboard> => {
    const now = clock.now();
    if (!known || now.getTime() < known.at || now.getTime() - known.at > FRESH_MS) {
      known = { at: now.getTime(), broken: await store.broken() };
    }
    const { status, reasons } = overall(known.broken);
    const of = (kind: Broken['kind']): number => reasons.filter((each) => each.kind === kind).length;
    return {
      status,
      reasons: [...reasons],
      counts: { monitors: of('monitor'), rules: of('rule') },
      at: new Date(known.at).toISOString(),
    };
  };
};
