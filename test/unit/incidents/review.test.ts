import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry, EntryOf } from '../../../functions/incidents/lifecycle/entry.ts';
import { opened } from '../../../functions/incidents/lifecycle/incident.ts';
import type { StoredLink } from '../../../functions/incidents/lifecycle/link.ts';
import type { Task } from '../../../functions/incidents/lifecycle/task.ts';
import { duration, plain, reviewOf, spokenOf, type Reviewed } from '../../../functions/incidents/review/markdown.ts';

const AT = new Date('2026-11-21T03:00:00.000Z');
const later = (seconds: number) => new Date(AT.getTime() + seconds * 1000).toISOString();
const ana = { kind: 'user' as const, id: 'usr_ana', name: 'ana' };
const ben = { kind: 'user' as const, id: 'usr_ben', name: 'ben' };

const entry = (seconds: number, actor: typeof ana, over: EntryOf): Entry => ({
  id: String(seconds),
  at: later(seconds),
  actor,
  pinned: false,
  ...over,
});
const alert = (n: number): StoredLink => ({
  alertId: `alr_${n}`,
  title: `Queue ${n} is full`,
  severity: 'critical',
  service: 'checkout',
  status: 'resolved',
  openedAt: later(n),
  acknowledgedAt: later(n + 90),
  acknowledgedBy: 'ben',
  resolvedAt: later(n + 4_000),
  resolvedBy: 'ben',
  linkedAt: later(n),
  linkedBy: 'Incident rule Critical alerts',
  incidentId: 'inc_1',
  sequence: 3,
});
const task = (over: Partial<Task>): Task => ({
  id: 'tsk_1',
  kind: 'task',
  title: 'Watch the queue',
  assignee: null,
  dueAt: null,
  done: true,
  doneAt: later(60),
  changedBy: ana,
  changedAt: later(60),
  version: 2,
  ...over,
});

const reviewed = (over: Partial<Reviewed> = {}): Reviewed => ({
  incident: {
    ...opened('inc_1', { title: 'Checkout *fails*', severity: 'SEV1', summary: 'Payments\nfailed.' }, ana, AT).incident,
    status: 'resolved',
    startedAt: later(120),
    resolvedAt: later(3_900),
    roles: { commander: 'usr_ana', communications: null, scribe: 'usr_cia', responders: ['usr_ben'] },
  },
  entries: [
    entry(0, ana, { type: 'opened', to: 'SEV1', text: 'Checkout *fails*' }),
    ...[1, 2].map((n) => entry(n, ana, { type: 'alert_linked', text: `Queue ${n} is full`, to: 'critical' })),
    entry(91, ben, { type: 'alert_changed', field: 'acknowledged', text: 'Queue 1 is full', note: 'Mine.' }),
    entry(120, ben, { type: 'status_changed', from: 'triggered', to: 'investigating' }),
    entry(121, ben, { type: 'role_changed', field: 'commander', from: '', to: 'usr_ana' }),
    entry(200, ana, { type: 'noted', text: 'The <b>deployment</b> did it.', pinned: true }),
    entry(300, ana, { type: 'update_published', text: 'We know what it is.' }),
    entry(3_900, ben, { type: 'status_changed', from: 'investigating', to: 'resolved' }),
  ],
  tasks: [
    task({}),
    task({ kind: 'action_item', title: 'Alert earlier', assignee: 'usr_ben', dueAt: later(864_000), done: false }),
  ],
  alerts: [alert(1), alert(2)],
  names: new Map([['usr_dora', 'dora']]),
  isCut: false,
  ...over,
});

describe('a review', () => {
  test('contains the facts, the people, the durations and the action items', () => {
    expect(reviewOf(reviewed())).toBe(`# Checkout \\*fails\\*

| | |
| --- | --- |
| Incident | inc_1 |
| Severity | SEV1 |
| Status | resolved |
| Opened | 2026-11-21 03:00:00 by ana |
| Work began | 2026-11-21 03:02:00, after 2 min |
| Resolved | 2026-11-21 04:05:00, after 1 h 05 min |

## Summary

> Payments
> failed.

## People

- commander: ana
- scribe: usr\\_cia
- responders: ben

## What matters

- 2026-11-21 03:03:20 ana: The \\<b\\>deployment\\</b\\> did it.

## Alerts (2)

| Alert | Severity | Service | Opened | Acknowledged after | Resolved after |
| --- | --- | --- | --- | --- | --- |
| Queue 1 is full | critical | checkout | 2026-11-21 03:00:01 | 2 min, ben | 1 h 07 min |
| Queue 2 is full | critical | checkout | 2026-11-21 03:00:02 | 2 min, ben | 1 h 07 min |

## Timeline

- 2026-11-21 03:00:00 ana: opened the incident as SEV1
- 2026-11-21 03:00:01 ana: linked the alert Queue 1 is full (critical)
- 2026-11-21 03:00:02 ana: linked the alert Queue 2 is full (critical)
- 2026-11-21 03:01:31 ben: acknowledged the alert Queue 1 is full: Mine.
- 2026-11-21 03:02:00 ben: changed the status from triggered to investigating
- 2026-11-21 03:02:01 ben: changed the commander from nobody to ana
- 2026-11-21 03:03:20 ana: The \\<b\\>deployment\\</b\\> did it.
- 2026-11-21 03:05:00 ana: sent an update to subscribers: We know what it is.
- 2026-11-21 04:05:00 ben: changed the status from investigating to resolved

## Tasks

- [x] Watch the queue

## Action items

- [ ] Alert earlier, ben, until 2026-12-01
`);
  });

  test('sums up thousands of alerts in one line for each run, and says that it is cut', () => {
    const entries = [
      ...Array.from({ length: 2_000 }, (_, n) => entry(n, ana, { type: 'alert_linked', text: `Queue ${n}` })),
      ...Array.from({ length: 6 }, (_, n) => entry(3_000 + n, ben, { type: 'alert_changed', field: 'acknowledged' })),
      ...Array.from({ length: 5 }, (_, n) => entry(4_000 + n, ben, { type: 'alert_changed', field: 'resolved' })),
    ];
    const alerts = Array.from({ length: 2_000 }, (_, n) => alert(n));
    const lines = reviewOf(reviewed({ entries, alerts, isCut: true })).split('\n');
    expect(lines).toContain('- 2026-11-21 03:00:00 to 2026-11-21 03:33:19: 2000 alerts linked');
    expect(lines).toContain('- 2026-11-21 03:50:00 to 2026-11-21 03:50:05: 6 alerts: acknowledged');
    expect(lines.filter((line) => line.includes('resolved the alert'))).toHaveLength(5);
    expect(lines).toContain('And 1900 more.');
    expect(lines).toContain('The review is cut. The timeline has all entries.');
    expect(lines.length).toBeLessThan(150);
  });

  test('uses the names of people who were only paged, named or assigned a task', () => {
    const told = reviewed({
      entries: [
        entry(0, ana, { type: 'person_paged', field: 'sms', to: 'usr_dora', text: 'Queue 1 is full' }),
        entry(1, ana, { type: 'role_changed', field: 'scribe', from: 'usr_cia', to: 'usr_ana' }),
        entry(2, ana, { type: 'status_changed', from: 'triggered', to: 'investigating' }),
      ],
      tasks: [task({ assignee: 'usr_eva' })],
    });
    expect(spokenOf(told).toSorted()).toEqual(['usr_ben', 'usr_cia', 'usr_dora', 'usr_eva']);
    expect(reviewOf(told)).toContain('paged dora by sms for Queue 1 is full');
  });

  test('quotes a summary line by line, none of which is a list, a rule or a heading', () => {
    const summary = '- one\n1. two\n2) three\nfour\n====\n---\n+ five -';
    const { incident } = reviewed({});
    expect(reviewOf(reviewed({ incident: { ...incident, summary } }))).toContain(
      String.raw`
> \- one
> 1\. two
> 2\) three
> four
> \====
> \---
> \+ five -
`,
    );
  });

  test('has a note of several lines line by line, none of which leaves the item of its list', () => {
    const text = 'Rolled back.\n\n- the queue drains\r\n1. all is *well*';
    expect(reviewOf(reviewed({ entries: [entry(0, ana, { type: 'noted', text })] }))).toContain(
      String.raw`
- 2026-11-21 03:00:00 ana: Rolled back.\
  \- the queue drains\
  1\. all is \*well\*
`.replaceAll('\\\\', '\\'),
    );
  });

  test.each([
    [1, 'once'],
    [2, 'twice'],
    [3, '3 times'],
  ])('says that the incident was opened again, %i times', (reopened, words) => {
    const { incident } = reviewed({});
    expect(reviewOf(reviewed({ incident: { ...incident, reopened } }))).toContain(`| Opened again | ${words} |`);
  });

  test('contains no markup of users, whatever they wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const inline = plain(`# ${text}\n- [ ] <script>`);
        expect(inline).not.toMatch(/[\n\r]|(?<!\\)(?:\\\\)*[*_[\]<>|#`]/);
        const document = reviewOf(
          reviewed({ entries: [entry(0, ana, { type: 'noted', text })], tasks: [], alerts: [] }),
        );
        const bare = reviewOf(
          reviewed({ entries: [entry(0, ana, { type: 'noted', text: 'x' })], tasks: [], alerts: [] }),
        );
        const lines = text.split(/[\r\n\u2028\u2029]/).filter((line) => plain(line) !== '').length;
        expect(document.split('\n').length).toBe(bare.split('\n').length + Math.max(0, lines - 1));
      }),
    );
  });

  test.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3_599, '1 h 00 min'],
    [90_000, '25 h 00 min'],
  ])('says of %i seconds %s', (seconds, said) => expect(duration(later(0), later(seconds))).toBe(said));
});
