import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium as driver, type BrowserContext, type Page } from 'playwright-core';
import { chromium } from '../support/tools/chromium.ts';
import { toolCache } from '../support/tools/paths.ts';

/** A window of the console, signed in, and what went wrong in it. */
export interface Window {
  readonly page: Page;
  /** Opens a page of the console and waits for its heading. */
  open(path: string): Promise<void>;
  /** What the console of the browser complained of, and each request to another host. */
  complaints(): readonly string[];
  /** What axe finds against WCAG 2.2 AA and good practice, each with where. */
  violations(): Promise<readonly string[]>;
  picture(name: string): Promise<void>;
}

export interface Desk {
  /** Signs in, in a window of its own. */
  signIn(username: string, password: string): Promise<Window>;
  close(): Promise<void>;
}

const pictures = join(toolCache, 'browser');
const WITHIN_MS = 20_000;
/** Cloudscape gives its bar on phones an attribute that the role does not have. */
const NOT_OURS = /mobile-toolbar-nav/;

/** A Chromium at a desk, which shows the console that is served at `url`. */
export async function aDesk(url: string): Promise<Desk> {
  const { program, env } = await chromium();
  await mkdir(pictures, { recursive: true });
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const browser = await driver.launch({
    executablePath: program,
    env: { ...process.env, ...env } as Record<string, string>,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {
    close: () => browser.close(),
    signIn: async (username, password) => {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
      });
      const window = await windowOf(context, url, axe);
      const { page } = window;
      await page.getByLabel('User name').fill(username);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign in' }).waitFor({ state: 'detached' });
      return window;
    },
  };
}

async function windowOf(context: BrowserContext, url: string, axe: string): Promise<Window> {
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
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
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
    // A refusal is an answer; the browser reports it as well.
    complaints: () => complaints.filter((text) => !/status of (401|404|409) /.test(text)),
    violations: async () => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate<Checked>('axe.run()');
      return violations
        .map(({ id, nodes }) => ({ id, html: nodes.map(({ html }) => html).filter((html) => !NOT_OURS.test(html)) }))
        .filter(({ html }) => html.length > 0)
        .map(({ id, html }) => `${id}: ${html.join(' ')}`);
    },
    picture: async (name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    },
  };
}

interface Checked {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}
