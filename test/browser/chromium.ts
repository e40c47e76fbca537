import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium as driver, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromium } from '../support/tools/chromium.ts';
import { toolCache } from '../support/tools/paths.ts';

/** What a page of the browser says of itself. */
export interface Sight {
  /** What axe finds against WCAG 2.2 AA and good practice, each with where. */
  violations(): Promise<readonly string[]>;
  /** Keeps a picture under `.cache/browser`. */
  picture(name: string): Promise<void>;
}

export interface Launched {
  readonly browser: Browser;
  readonly version: string;
  sightOf(page: Page, options: SightOptions): Sight;
}

export interface SightOptions {
  /** Whether pictures show the whole page, or what the window shows. */
  readonly fullPage: boolean;
  /** Elements that no rule is applied to: what a library draws and we cannot change. */
  readonly notOurs?: RegExp;
}

/** Every window: in English, and without motion, so that nothing is judged while it fades in. */
export const EVERY_WINDOW = { locale: 'en-GB', reducedMotion: 'reduce' } as const satisfies BrowserContextOptions;

const pictures = join(toolCache, 'browser');

/** Starts Chromium. It reaches this machine only. */
export async function launch(): Promise<Launched> {
  const { program, env, version } = await chromium();
  await mkdir(pictures, { recursive: true });
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const browser = await driver.launch({
    executablePath: program,
    env: { ...process.env, ...env } as Record<string, string>,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {
    browser,
    version,
    sightOf: (page, { fullPage, notOurs }) => ({
      violations: async () => {
        // By the debugger, which the page's own policy does not bind.
        await page.evaluate(axe);
        const { violations } = await page.evaluate<Checked>('axe.run()');
        return violations
          .map(({ id, nodes }) => ({ id, html: nodes.map(({ html }) => html).filter((html) => !notOurs?.test(html)) }))
          .filter(({ html }) => html.length > 0)
          .map(({ id, html }) => `${id}: ${html.join(' ')}`);
      },
      picture: async (name) => {
        await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
      },
    }),
  };
}

interface Checked {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}
