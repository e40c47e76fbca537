import type { ComponentState } from '../pages/component-state.ts';
import type { View } from './view.ts';

/** The headline of a page. */
export const HEADLINES: Readonly<Record<ComponentState, string>> = {
  operational: 'All systems operational',
  unknown: 'Some systems cannot be checked',
  maintenance: 'Maintenance in progress',
  degraded: 'Degraded performance',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
};

export const headlineOf = ({ overall, active }: Pick<View, 'overall' | 'active'>): string =>
  overall === 'operational' && active.length > 0 ? 'Systems operational, with a notice' : HEADLINES[overall];

const form = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options });
const MINUTE = form({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const DAY = form({ day: 'numeric', month: 'long', year: 'numeric' });

/** `21 Nov, 03:12 UTC`. */
export const minuteOf = (instant: string): string => `${MINUTE.format(new Date(instant))} UTC`;

/** `21 November 2026`. */
export const dayOf = (instant: string): string => DAY.format(new Date(instant));

/** `45 seconds`, `12 minutes`, `3 h 20 min`. */
export const lengthOf = (seconds: number): string => {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** `99.98 %`, without zeros at the end. */
export const percentText = (percent: number): string => `${percent} %`;
