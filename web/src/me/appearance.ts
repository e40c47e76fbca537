import { applyDensity, applyMode, Density, Mode } from '@cloudscape-design/global-styles';

/** How this browser shows the console: it is a matter of the screen, so the browser stores it. */
export interface Appearance {
  readonly theme: 'system' | 'light' | 'dark';
  readonly density: 'comfortable' | 'compact';
}

const KEY = 'tocsin-appearance';
const STANDARD: Appearance = { theme: 'system', density: 'comfortable' };
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

export const appearance = (): Appearance => {
  try {
    return { ...STANDARD, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Appearance>) };
  } catch {
    return STANDARD;
  }
};

export const isDark = ({ theme } = appearance()): boolean =>
  theme === 'dark' || (theme === 'system' && prefersDark.matches);

export const applyAppearance = (): void => {
  const chosen = appearance();
  applyMode(isDark(chosen) ? Mode.Dark : Mode.Light);
  applyDensity(chosen.density === 'compact' ? Density.Compact : Density.Comfortable);
};

export const changeAppearance = (next: Appearance): void => {
  localStorage.setItem(KEY, JSON.stringify(next));
  applyAppearance();
};

prefersDark.addEventListener('change', applyAppearance);
