/** A colour as `#rrggbb`. */
export type Colour = `#${string}`;

export const COLOUR = /^#[0-9a-f]{6}$/;

/** The background of a page by day and by night. */
export const PAPER: Readonly<Record<'light' | 'dark', Colour>> = { light: '#ffffff', dark: '#14161a' };

/** The contrast that WCAG 2.2 wants for text (1.4.3, AA). */
export const ENOUGH = 4.5;

type Channels = readonly [number, number, number];

const channelsOf = (colour: Colour): Channels => {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
};

const colourOf = (channels: readonly number[]): Colour =>
  `#${channels.map((each) => Math.round(each).toString(16).padStart(2, '0')).join('')}`;

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
const luminance = (colour: Colour): number => {
  const [red, green, blue] = channelsOf(colour).map((each) => {
    const share = each / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** From 1 to 21. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export const contrast = (one: Colour, other: Colour): number => {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
};

const STEPS = 50;

/** The colour itself, or the nearest mixture with black or white that can be read on a background. */
export const readableOn = (background: Colour, colour: Colour): Colour => {
  const towards = luminance(background) > 0.5 ? 0 : 255;
  const channels = channelsOf(colour);
  for (let step = 0; step < STEPS; step++) {
    const mixed = colourOf(channels.map((each) => each + ((towards - each) * step) / STEPS));
    if (contrast(mixed, background) >= ENOUGH) return mixed;
  }
  return towards === 0 ? '#000000' : '#ffffff';
};
