import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Window } from './desk.ts';

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
    await picture(`console-${name}-${width}-${scheme}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  deepStrictEqual(complaints(), []);
}
