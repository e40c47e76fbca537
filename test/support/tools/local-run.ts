import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Alert } from '../../../functions/alerts/alert.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import { lastLines, start } from './child.ts';
import { eventually } from '../../../operate/eventually.ts';
import { freePort } from './free-port.ts';
import { repository, toolCache } from './paths.ts';
import { logIn, tocsinClient, type TocsinClient } from '../../../operate/tocsin-client.ts';

/** A local run that clients talk to over HTTP, as they would talk to a deployed one. */
export interface Tocsin {
  readonly url: string;
  readonly port: number;
  /** The administrator's. */
  readonly password: string;
  /** The administrator's calls. */
  readonly admin: TocsinClient;
  /** Logs the administrator in again, after the clock was moved past the life of a token. */
  logInAgain(): Promise<void>;
  /** A machine key that may do nothing but hand in alerts. */
  readonly machineKey: string;
  /** The alerts that carry this label, resolved ones too. */
  alertsWith(label: string, value: string): Promise<readonly Alert[]>;
  output(): string;
  stop(): Promise<void>;
}

/** Starts a local run that keeps nothing, and waits until it serves; its log is kept under the name of the suite. */
export async function startTocsin(suite: string): Promise<Tocsin> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const password = `${randomBytes(18).toString('base64url')}-aA1`;
  const child = await start(
    'tocsin',
    join(repository, 'node_modules', '.bin', 'node'),
    ['local/tocsin/main.ts', '--memory', '--port', String(port)],
    {
      cwd: repository,
      log: join(toolCache, 'logs', `${suite}-tocsin.log`),
      env: { TOCSIN_ADMIN_PASSWORD: password },
    },
  );
  try {
    await eventually('Tocsin serves', { withinMs: 240_000 }, async () => {
      if (child.exitCode() !== undefined) throw new Error(`it ended:\n${lastLines(child.output(), 30)}`);
      await tocsinClient(url).get('/api/openapi.json');
    });
    const headers = { ...(await logIn(url, 'admin', password)) };
    const admin = tocsinClient(url, headers);
    const { key: machineKey } = await admin.post<{ readonly key: string }>('/api/api-keys', {
      name: 'prometheus',
      permissions: ['integrations.ingest'],
    });
    return {
      url,
      port,
      password,
      admin,
      logInAgain: async () => void Object.assign(headers, await logIn(url, 'admin', password)),
      machineKey,
      alertsWith: (label, value) => alertsWith(admin, `${label}=${value}`),
      output: child.output,
      stop: child.stop,
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** A page of a filtered list may be empty although more follow, so every page is read. */
async function alertsWith(admin: TocsinClient, label: string): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  let cursor: string | null = '';
  do {
    const query: URLSearchParams = new URLSearchParams({ label, limit: '100', ...(cursor && { cursor }) });
    const page: Page<Alert> = await admin.get<Page<Alert>>(`/api/monitoring/alerts?${query}`);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}
