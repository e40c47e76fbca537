import type { AuditEntry } from '../entry.ts';

/*
 * Entries as events of the Open Cybersecurity Schema Framework, version 1.3 (https://schema.ocsf.io/1.3.0): logins as Authentication, changes of
 * users as Account Change, and everything else as API Activity. The entry itself is in `unmapped`.
 */

const VERSION = '1.3.0';
const IDENTITY = 3;
const APPLICATION = 6;
const AUTHENTICATION = 3002;
const ACCOUNT_CHANGE = 3001;
const API_ACTIVITY = 6003;
const OTHER = 99;

const LOGINS = /^(?:login|session|proof)\./;
const ACCOUNTS = /^(?:user|password|factor|recovery_codes)\./;

const AUTHENTICATION_ACTIVITIES: Readonly<Record<string, number>> = {
  'login.succeeded': 1,
  'login.failed': 1,
  'session.ended': 2,
};

const ACCOUNT_ACTIVITIES: Readonly<Record<string, number>> = {
  'user.created': 1,
  'password.changed': 3,
  'user.deleted': 6,
  'factor.confirmed': 10,
  'factor.removed': 11,
};

/** The past participles of actions, as create, read, update and delete. */
const API_ACTIVITIES: readonly (readonly [activity: number, verbs: RegExp])[] = [
  [1, /\.(?:created|added|opened|published|requested)$/],
  [2, /\.(?:read|exported)$/],
  [4, /\.(?:deleted|removed|revoked|withdrawn|ended)$/],
  [3, /\./],
];

const classOf = (action: string): { readonly category: number; readonly uid: number; readonly activity: number } => {
  if (LOGINS.test(action)) {
    return { category: IDENTITY, uid: AUTHENTICATION, activity: AUTHENTICATION_ACTIVITIES[action] ?? OTHER };
  }
  if (ACCOUNTS.test(action))
    return { category: IDENTITY, uid: ACCOUNT_CHANGE, activity: ACCOUNT_ACTIVITIES[action] ?? OTHER };
  return {
    category: APPLICATION,
    uid: API_ACTIVITY,
    activity: API_ACTIVITIES.find(([, verbs]) => verbs.test(action))?.[0] ?? OTHER,
  };
};

/** Severities of OCSF: informational, low and medium. */
const SEVERITIES = { success: 1, failure: 2, denied: 3 } as const;

/** An entry as an event of OCSF, on one line. */
export const ocsfLine = (entry: AuditEntry): string => {
  const { id, at, action, actor, subject, outcome, ip, userAgent, requestId, detail } = entry;
  const { category, uid, activity } = classOf(action);
  const user = {
    uid: actor.id,
    name: actor.name,
    type_id: actor.kind === 'user' ? 1 : actor.kind === 'system' ? 3 : 0,
  };
  const target = { uid: subject.id, name: subject.name };
  return JSON.stringify({
    category_uid: category,
    class_uid: uid,
    activity_id: activity,
    type_uid: uid * 100 + activity,
    ...(activity === OTHER && { activity_name: action }),
    time: Date.parse(at),
    severity_id: SEVERITIES[outcome],
    status_id: outcome === 'success' ? 1 : 2,
    status_detail: outcome,
    message: `${actor.name || 'Somebody'}: ${action} ${subject.name}`.trim(),
    metadata: {
      version: VERSION,
      uid: id,
      log_name: 'audit',
      product: { name: 'Tocsin', vendor_name: 'Tocsin' },
      ...(requestId && { correlation_uid: requestId }),
    },
    actor: { user },
    ...(uid === API_ACTIVITY
      ? { api: { operation: action }, resources: [{ type: subject.kind, ...target }] }
      : { user: uid === ACCOUNT_CHANGE || subject.kind === 'user' ? target : user }),
    src_endpoint: { ...(ip ? { ip } : { name: 'tocsin' }) },
    ...(userAgent && { http_request: { user_agent: userAgent } }),
    unmapped: { subject, detail, actor_kind: actor.kind },
  });
};
