import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Tocsin } from '../support/tools/local-run.ts';
import { EVERY_WINDOW, type Launched, type Sight } from './chromium.ts';

/** A window of the console, signed in, and what went wrong in it. */
export interface Window extends Sight {
  readonly page: Page;
  /** Opens a page of the console and waits for its heading. */
  open(path: string): Promise<void>;
  /** What the console of the browser complained of, and each request to another host. */
  complaints(): readonly string[];
}

export interface WindowOptions extends BrowserContextOptions {
  /** The clock of the window can be moved, and is so far ahead of that of Tocsin. */
  readonly clockAheadMs?: number;
  /** The code of the second factor, for a person who has one. */
  readonly code?: () => Promise<string>;
  /** The host by which the console is opened, in place of 127.0.0.1. */
  readonly host?: string;
}

export interface Desk {
  /** Signs in, in a window of its own. */
  signIn(username: string, password: string, options?: WindowOptions): Promise<Window>;
}

/** What a play at a desk needs. */
export interface Play {
  readonly desk: Desk;
  readonly tocsin: Pick<Tocsin, 'url' | 'password' | 'admin' | 'logInAgain' | 'machineKey'>;
}

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** The form that is open over the page. */
export const dialog = (page: Page): Locator => page.getByRole('dialog').filter({ visible: true });

const WITHIN_MS = 20_000;
/** Cloudscape gives its bar on phones an attribute that the role does not have. */
const NOT_OURS = /mobile-toolbar-nav/;

/** The time of a Tocsin, whose clock other plays move. */
export const nowAt = async (url: string): Promise<number> => {
  const { now } = (await (await fetch(`${url}/_local/clock`)).json()) as { readonly now: string };
  return Date.parse(now);
};

/** Windows of a Chromium at a desk, which show the console that is served at `url`. */
export function aDesk(launched: Launched, url: string): Desk {
  const { browser } = launched;
  return {
    signIn: async (username, password, { clockAheadMs, code, host, ...options } = {}) => {
      const context = await browser.newContext({
        ...EVERY_WINDOW,
        viewport: { width: 1440, height: 900 },
        timezoneId: 'Europe/Berlin',
        ...options,
      });
      if (clockAheadMs !== undefined) await context.clock.install({ time: (await nowAt(url)) + clockAheadMs });
      const window = await windowOf(context, host === undefined ? url : url.replace('127.0.0.1', host), launched);
      const { page } = window;
      await page.getByLabel('User name').fill(username);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await button(page, 'Sign in').click();
      if (code) {
        await page.getByLabel('Code', { exact: true }).fill(await code());
        await button(page, 'Sign in').click();
      }
      await button(page, 'Sign in').waitFor({ state: 'detached' });
      return window;
    },
  };
}

async function windowOf(context: BrowserContext, url: string, { sightOf }: Launched): Promise<Window> {
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // What is tried while somebody types may be refused.
    const isTried = /\/try$/.test(message.location().url) && / 400 /.test(message.text());
    if (message.type() === 'error' && !isTried) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return {
    page,
    open: async (path) => {
      await page.goto(`${url}${path}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
    },
    // A refusal is an answer; the browser reports it as well.
    complaints: () => complaints.filter((text) => !/status of (401|403|404|409) /.test(text)),
    ...sightOf(page, { fullPage: true, notOurs: NOT_OURS }),
  };
}
