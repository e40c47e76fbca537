import type { BrowserContextOptions, Page } from 'playwright-core';
import { EVERY_WINDOW, type Launched, type Sight } from './chromium.ts';

export interface Look {
  readonly dark?: boolean;
  readonly script?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** A page on a phone, and what went wrong in it. */
export interface Screen extends Sight {
  readonly page: Page;
  /** What the console complained of, and what was asked for beside the page itself. */
  complaints(): readonly string[];
}

export interface Phone {
  /** Shows `url` on a new phone to `look`, and puts that phone away. */
  show<T>(url: string, look: (screen: Screen) => Promise<T>, options?: Look): Promise<T>;
}

/** Windows of a Chromium as those of a phone. */
export function aPhone(launched: Launched): Phone {
  const { browser } = launched;
  return {
    show: async (url, look, options = {}) => {
      const context = await browser.newContext(optionsOf(options));
      try {
        const page = await context.newPage();
        return await look(await screenOf(page, url, launched));
      } finally {
        await context.close();
      }
    },
  };
}

/** From this width on it is no phone. */
const DESK = 1000;

const optionsOf = ({ dark = false, script = true, width = 360, height = 740 }: Look): BrowserContextOptions => ({
  ...EVERY_WINDOW,
  viewport: { width, height },
  deviceScaleFactor: width < DESK ? 2 : 1,
  isMobile: width < DESK,
  hasTouch: width < DESK,
  javaScriptEnabled: script,
  colorScheme: dark ? 'dark' : 'light',
  timezoneId: 'Asia/Kolkata',
});

async function screenOf(page: Page, url: string, { sightOf }: Launched): Promise<Screen> {
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
    ...sightOf(page, { fullPage: false }),
  };
}
