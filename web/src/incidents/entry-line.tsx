import Button from '@cloudscape-design/components/button';
import Icon, { type IconProps } from '@cloudscape-design/components/icon';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import type { Entry } from './incident.ts';

type Kind = Entry['type'];

const ICONS: Readonly<Record<Kind, IconProps.Name>> = {
  opened: 'status-warning',
  status_changed: 'status-in-progress',
  severity_changed: 'status-warning',
  field_changed: 'edit',
  role_changed: 'user-profile',
  noted: 'contact',
  update_published: 'send',
  task_added: 'add-plus',
  task_changed: 'check',
  alert_linked: 'notification',
  alert_unlinked: 'close',
  alert_changed: 'notification',
  person_paged: 'call',
  page_failed: 'status-negative',
  merged_into: 'share',
  merged_from: 'share',
  split_into: 'share',
  split_from: 'share',
};

const TRANSITIONS: Readonly<Record<string, string>> = {
  opened: 'opened the alert',
  severity_raised: 'raised the severity of the alert',
  acknowledged: 'acknowledged the alert',
  unacknowledged: 'unacknowledged the alert',
  snoozed: 'snoozed the alert',
  snooze_ended: 'ended the snooze of the alert',
  silence_ended: 'ended the silence of the alert',
  assigned: 'assigned the alert',
  noted: 'added a note to the alert',
  resolved: 'resolved the alert',
};

const OtherIncident = ({ entry: { incidentId, text } }: { readonly entry: Entry }) => {
  const go = useGo();
  if (incidentId === undefined) return <span>{text ?? 'another incident'}</span>;
  return (
    <Link href={`/incidents/${incidentId}`} onFollow={go}>
      {text ?? incidentId}
    </Link>
  );
};

/** From one value to another, in words of people. */
const change = (what: string, { from, to }: Entry): string =>
  from === undefined ? `changed the ${what}` : `changed the ${what} from ${from || 'nothing'} to ${to || 'nothing'}`;

/** What an entry says after the name of its actor. */
const SAYS: Readonly<Record<Kind, (entry: Entry, nameOf: (id: string) => string) => ReactNode>> = {
  opened: ({ to }) => `opened the incident${to ? ` as ${to}` : ''}`,
  status_changed: (entry) => change('state', entry),
  severity_changed: (entry) => change('severity', entry),
  field_changed: (entry) => change(entry.field ?? 'incident', entry),
  role_changed: ({ field, from, to }, nameOf) => {
    if (field === 'responder') return to ? `added ${nameOf(to)} as a responder` : `removed ${nameOf(from ?? '')}`;
    return to ? `made ${nameOf(to)} ${field}` : `took the role of ${field} from ${nameOf(from ?? '')}`;
  },
  noted: () => 'noted',
  update_published: () => 'sent an update to subscribers',
  task_added: ({ text }) => `added the task “${text ?? ''}”`,
  task_changed: ({ text, field, to }) =>
    `${field === 'done' ? (to === 'true' ? 'completed' : 'reopened') : 'changed'} the task “${text ?? ''}”`,
  alert_linked: ({ text }) => `linked the alert “${text ?? ''}”`,
  alert_unlinked: ({ text }) => `unlinked the alert “${text ?? ''}”`,
  alert_changed: ({ field = '', text }) => `${TRANSITIONS[field] ?? 'changed the alert'} “${text ?? ''}”`,
  person_paged: ({ field, to, text }, nameOf) => `paged ${to ? nameOf(to) : 'nobody'} by ${field} for “${text ?? ''}”`,
  page_failed: ({ field, to, text }, nameOf) =>
    `could not page ${to ? nameOf(to) : 'anybody'}${field ? ` by ${field}` : ''} for “${text ?? ''}”`,
  merged_into: (entry) => (
    <>
      merged this incident into <OtherIncident entry={entry} />
    </>
  ),
  merged_from: (entry) => (
    <>
      merged <OtherIncident entry={entry} /> into this incident
    </>
  ),
  split_into: (entry) => (
    <>
      split off <OtherIncident entry={entry} />
    </>
  ),
  split_from: (entry) => (
    <>
      split this incident off <OtherIncident entry={entry} />
    </>
  ),
};

const SPOKEN: ReadonlySet<Kind> = new Set(['noted', 'update_published']);

interface EntryLineProps {
  readonly entry: Entry;
  readonly nameOf: (id: string) => string;
  readonly onPin?: (pinned: boolean) => void;
}

/** One entry of a timeline: who did what, when, and in which words. */
export const EntryLine = ({ entry, nameOf, onPin }: EntryLineProps) => {
  const { type, actor, at, text, note, pinned } = entry;
  const words = SPOKEN.has(type) ? text : note;
  return (
    <li>
      <span className="timeline-mark">
        <Icon name={ICONS[type]} variant={type === 'page_failed' ? 'error' : 'subtle'} />
      </span>
      <div className="timeline-line">
        <div className="wrap">
          <b>{actor.name}</b> {SAYS[type](entry, nameOf)} <span className="soft">·</span>{' '}
          <span className="soft">
            <Instant at={at} ago />
          </span>
          {words !== undefined && <div className={type === 'update_published' ? 'said update' : 'said'}>{words}</div>}
        </div>
        {onPin && SPOKEN.has(type) ? (
          <Button
            variant="inline-icon"
            iconName={pinned ? 'star-filled' : 'star'}
            ariaLabel={pinned ? 'Remove the pin' : 'Pin this entry'}
            onClick={() => onPin(!pinned)}
          />
        ) : (
          pinned && <Icon name="star-filled" alt="Pinned" />
        )}
      </div>
    </li>
  );
};
