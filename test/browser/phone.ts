import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium as driver, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromium } from '../support/tools/chromium.ts';
import { toolCache } from '../support/tools/paths.ts';

export interface Look {
  readonly dark?: boolean;
  readonly script?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** A page on a phone, and what went wrong in it. */
export interface Screen {
  readonly page: Page;
  /** What the console complained of, and what was asked for beside the page itself. */
  complaints(): readonly string[];
  /** What axe finds against WCAG 2.2 AA and good practice, each with where. */
  violations(): Promise<readonly string[]>;
  /** Keeps a picture under `.cache/browser`. */
  picture(name: string): Promise<void>;
}

export interface Phone {
  readonly version: string;
  /** Shows `url` on a new phone to `look`, and puts that phone away. */
  show<T>(url: string, look: (screen: Screen) => Promise<T>, options?: Look): Promise<T>;
  close(): Promise<void>;
}

const pictures = join(toolCache, 'browser');

/** A Chromium whose windows are those of a phone. It reaches this machine only. */
export async function aPhone(): Promise<Phone> {
  const { program, env, version } = await chromium();
  await mkdir(pictures, { recursive: true });
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const browser = await driver.launch({
    executablePath: program,
    env: { ...process.env, ...env } as Record<string, string>,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {
    version,
    close: () => browser.close(),
    show: async (url, look, options = {}) => {
      const context = await browser.newContext(optionsOf(options));
      try {
        const page = await context.newPage();
        return await look(await screenOf(page, url, axe));
      } finally {
        await context.close();
      }
    },
  };
}

/** From this width on it is no phone. */
const DESK = 1000;

const optionsOf = ({ dark = false, script = true, width = 360, height = 740 }: Look): BrowserContextOptions => ({
  viewport: { width, height },
  deviceScaleFactor: width < DESK ? 2 : 1,
  isMobile: width < DESK,
  hasTouch: width < DESK,
  javaScriptEnabled: script,
  colorScheme: dark ? 'dark' : 'light',
  locale: 'en-GB',
  timezoneId: 'Asia/Kolkata',
});

async function screenOf(page: Page, url: string, axe: string): Promise<Screen> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith('data:'))
      complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return {
    page,
    complaints: () => complaints.filter((text) => !/status of (403|404) /.test(text)),
    violations: async () => {
      // By the debugger, which the page's own policy does not bind.
      await page.evaluate(axe);
      const { violations } = await page.evaluate<Checked>('axe.run()');
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
    picture: async (name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`) });
    },
  };
}

interface Checked {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}
