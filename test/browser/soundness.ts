import { deepStrictEqual, ok } from 'node:assert/strict';
import { eventually } from '../../operate/eventually.ts';
import type { Window } from './desk.ts';

/** What scrolls sideways without a sign that it does. Lists of tabs have arrows of their own, and a scrollbar is a sign. */
const UNMARKED = `[...document.querySelectorAll('body *')]
  .filter(
    (each) =>
      !each.matches('input, textarea, [role=tablist], [data-more], [class*="sticky-scrollbar"]') &&
      each.scrollWidth > each.clientWidth + 1 &&
      each.clientWidth > 0 &&
      /auto|scroll/.test(getComputedStyle(each).overflowX),
  )
  .map(({ outerHTML }) => outerHTML.slice(0, 200))`;
const SIGNS = { withinMs: 3_000, everyMs: 50 };

/** Nothing is wrong on the page, in the light and in the dark, on a desk and on a phone. Leaves a picture of each. */
export async function soundness({ page, violations, complaints, picture }: Window, name: string): Promise<void> {
  for (const [width, scheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme: scheme });
    deepStrictEqual(await violations(), [], `${name}, ${width} px, ${scheme}`);
    ok(
      await page.evaluate<boolean>('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
      `${name} is wider than ${width} px`,
    );
    // The signs come a moment after the page.
    await eventually('signs are drawn', SIGNS, async () =>
      deepStrictEqual(await page.evaluate(UNMARKED), [], `${name} scrolls at ${width} px, and does not show it`),
    );
    await picture(`console-${name}-${width}-${scheme}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  deepStrictEqual(complaints(), []);
}
