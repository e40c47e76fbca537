import { INSIDE, NOBODY } from '../../shared/kernel/audit-event.ts';
import type { StoredNotice } from '../../functions/status/notices/notice.ts';
import type { Component, StoredPage } from '../../functions/status/pages/page.ts';
import type { FileStore } from '../../functions/status/rendering/file-store.ts';
import type { Day, Observed } from '../../functions/status/rendering/view.ts';

const AT = '2026-11-21T03:00:00.000Z';
const event = {
  id: 'evt_1',
  type: 'x',
  at: AT,
  actor: NOBODY,
  subject: { kind: 'x', id: 'x', name: 'x' },
  outcome: 'success',
  ...INSIDE,
} as const;

export const componentOf = (id: string, over: Partial<Component> = {}): Component => ({
  id,
  name: id,
  description: '',
  group: null,
  service: null,
  monitor: null,
  ...over,
});

/** A page with a component that follows a service and one that follows nothing. */
export const statusPage = (over: Partial<StoredPage> = {}): StoredPage => ({
  id: 'acme',
  name: 'Acme',
  description: '',
  homeUrl: null,
  access: 'public',
  logo: null,
  colour: null,
  components: [componentOf('checkout', { service: 'svc-checkout' }), componentOf('hotline')],
  version: 1,
  deleted: false,
  changedAt: AT,
  changedBy: NOBODY,
  event,
  stated: {},
  secretPath: null,
  formerPaths: [],
  formerComponents: [],
  createdAt: '2026-11-01T00:00:00.000Z',
  ...over,
});

export const statusNotice = (over: Partial<StoredNotice> = {}): StoredNotice => ({
  id: 'ntc_01jd3v8m2k7q4xh2g8vq0p1m9d',
  page: 'acme',
  kind: 'incident',
  title: 'Payments fail',
  status: 'investigating',
  impact: 'major',
  components: [],
  incidentId: null,
  from: null,
  to: null,
  startedAt: AT,
  endedAt: null,
  updates: [{ number: 1, at: AT, status: 'investigating', text: 'We are looking.', by: 'ana', notify: true }],
  version: 1,
  withdrawn: false,
  event,
  ...over,
});

const DAY_MS = 86_400_000;

/** Ninety days up to an instant, with so many seconds down on some of them, by how many days ago they were. */
export const daysUntil = (at: Date, down: Readonly<Record<number, number>> = {}): Day[] =>
  Array.from({ length: 90 }, (_, i) => ({
    day: new Date(at.getTime() - (89 - i) * DAY_MS).toISOString().slice(0, 10),
    observedSeconds: 86_400,
    downSeconds: down[89 - i] ?? 0,
  }));

export const observed = (at: Date, over: Partial<Observed> = {}): Observed => ({
  counts: { up: 1, down: 0, maintenance: 0, unknown: 0 },
  days: daysUntil(at),
  ...over,
});

/** Files in memory, held to the same rule about revisions as those in S3. */
export const filesInMemory = () => {
  const files = new Map<string, { readonly body: string; readonly revision: number; readonly contentType: string }>();
  const putFile: FileStore['putFile'] = (revision, { key, body, contentType }) => {
    const isNewer = (files.get(key)?.revision ?? 0) < revision;
    if (isNewer) files.set(key, { body, revision, contentType });
    return Promise.resolve(isNewer);
  };
  return { putFile, text: (key: string): string => files.get(key)?.body ?? '', keys: () => [...files.keys()].sort() };
};
