import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTocsin } from '../test/support/tools/local-run.ts';
import { tocsinClient } from '../operate/tocsin-client.ts';
import { rate, row } from './measure.ts';

const SETTLE_MS = 5_000;
/** Environments that a burst started end when they have rested for 15 s; that is looked after every 5 s. */
const BURST_ENDS_MS = 25_000;
const ALERTS = 300;
const MONITORS = 50;
const MINUTES = 4;

/**
 * Megabytes that `npm start` holds with all its processes: just after its start, with the functions of the first requests loaded, and
 * when a burst of alerts and some minutes of monitors are over.
 */
export const memoryRow = async (): Promise<void> => {
  const before = new Set(descendants(process.pid));
  const tocsin = await startTocsin('bench');
  try {
    const held = (): number => megabytes(descendants(process.pid).filter((pid) => !before.has(pid)));
    await sleep(SETTLE_MS);
    const rest = held();
    row('npm start at rest', `${rest.toFixed(0)} MB`, 'at most 250 MB', rest <= 250, rest <= 500);
    const source = tocsinClient(tocsin.url, { authorization: `Bearer ${tocsin.machineKey}` });
    await rate(ALERTS, 8, (n) => source.post('/api/v2/alerts', [{ labels: { alertname: 'Burst', node: `n${n}` } }]));
    const check = { type: 'http', url: `${tocsin.url}/api/openapi.json` };
    for (let n = 0; n < MONITORS; n++) await tocsin.admin.post('/api/monitoring/monitors', { name: `m${n}`, check });
    for (let minute = 0; minute < MINUTES; minute++) {
      // It answers when all checks of the minute are done, which may be later than a client waits.
      await fetch(`${tocsin.url}/_local/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds: 60 }) });
    }
    await sleep(BURST_ENDS_MS);
    const burst = held();
    const what = `npm start after ${ALERTS} alerts, ${MONITORS} monitors`;
    row(what, `${burst.toFixed(0)} MB`, 'at most 490 MB', burst <= 490, burst <= 1_500);
  } finally {
    await tocsin.stop();
  }
};

/** Processes that this one started, and those that they did. */
const descendants = (root: number): readonly number[] => {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const parent = Number(fieldOf(name, 'PPid'));
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((each) => [each, ...below(each)]);
  return below(root);
};

/** Memory that is theirs alone, so that pages which processes share count once. */
const megabytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + Number.parseInt(fieldOf(String(pid), 'RssAnon') || '0', 10), 0) / 1024;

/** A field of a process's status; empty where the process has ended. */
const fieldOf = (pid: string, field: string): string => {
  try {
    return new RegExp(`^${field}:\\s*(.+)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
};
