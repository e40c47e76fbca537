import { LOCALE } from './locale.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** A length of time in its two largest units: `2 h 5 min`. */
export const durationText = (seconds: number): string => {
  const whole = Math.round(Math.abs(seconds));
  const sign = seconds < 0 && whole > 0 ? '−' : '';
  const place = UNITS.findIndex(([, size]) => whole >= size);
  if (place === -1) return `${sign}${whole} s`;
  const [unit, size] = UNITS[place] ?? ['min', 60];
  const [small, smallSize] = UNITS[place + 1] ?? (['s', 1] as const);
  const rest = Math.floor((whole % size) / smallSize);
  return `${sign}${Math.floor(whole / size)} ${unit}${rest > 0 ? ` ${rest} ${small}` : ''}`;
};

const numbers = new Intl.NumberFormat(LOCALE);

/** `12,345` */
export const numberText = (value: number): string => numbers.format(value);

/** A share in percent, which is never rounded up to all: 99.9996 is `99.999 %`. */
export const percentText = (percent: number): string => {
  const cut = Math.floor(percent * 1_000 + 1e-6) / 1_000;
  return `${cut.toLocaleString(LOCALE, { maximumFractionDigits: 3 })} %`;
};

/** Milliseconds as a person reads them: `48 ms`, `1.24 s`. */
export const msText = (ms: number): string =>
  ms >= 1_000
    ? `${(ms / 1_000).toLocaleString(LOCALE, { maximumFractionDigits: 2 })} s`
    : `${ms.toLocaleString(LOCALE, { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms`;

const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });

/** A value of a metric with its unit. */
export const valueText = (value: number, unit = ''): string => {
  if (unit === 'ms') return msText(value);
  const size = Math.abs(value);
  const text = (size >= 10_000 ? compact : size >= 100 ? whole : small).format(value);
  return unit === '' ? text : `${text} ${unit}`;
};

/** `1 monitor`, `2 monitors`. */
export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;
