import type { Dashboards } from './dashboard.ts';
import { firstDashboards } from './presets.ts';
import type { DashboardStore } from './store.ts';

interface Deps {
  readonly dashboards: Pick<DashboardStore, 'current'>;
}

/** The dashboards; those of a new installation, at version 0, where nobody has saved any. */
export const getDashboards = async ({ dashboards }: Deps): Promise<Dashboards> => {
  const stored = await dashboards.current();
  if (!stored) return { version: 0, items: firstDashboards(), changedAt: null, changedBy: null };
  const { version, items, changedAt, changedBy } = stored;
  return { version, items, changedAt, changedBy };
};
