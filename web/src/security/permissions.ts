import type { Schemas } from '../api/client.ts';

export type Pattern = Schemas['CreateApiKey']['permissions'][number];
type Permission = Exclude<Pattern, '*' | `${string}.*`>;

/** What each permission allows. One that the contract gets, and that has no words here, does not compile. */
const ALLOWS: Readonly<Record<Permission, string>> = {
  'identity.apikey.read': 'See machine keys',
  'identity.apikey.write': 'Make and revoke machine keys',
  'identity.role.read': 'See roles',
  'identity.role.write': 'Make, change and delete roles',
  'identity.user.read': 'See users',
  'identity.user.write': 'Invite, change and disable users',
  'incidents.private': 'See private incidents of others',
  'integrations.ingest': 'Raise alerts by the protocols of other programs',
  'monitoring.alert.acknowledge': 'Acknowledge, assign and snooze alerts',
  'monitoring.alert.read': 'See alerts',
  'monitoring.alert.resolve': 'Resolve alerts',
  'monitoring.config.read': 'See the configuration',
  'monitoring.config.update': 'Change the configuration',
  'monitoring.health.read': 'See the overall status',
  'monitoring.incident.create': 'Declare and split incidents',
  'monitoring.incident.read': 'See incidents',
  'monitoring.incident.update': 'Change incidents',
  'monitoring.monitor.read': 'See monitors and their results',
  'monitoring.performance.read': 'See figures of performance',
  'monitoring.ping': 'Report heartbeats by name',
  'monitoring.read': 'See all of monitoring',
  'monitoring.write': 'Raise alerts, change monitors and rules, report metrics',
  'oncall.override.write': 'Override shifts',
  'oncall.policy.write': 'Change escalation policies',
  'oncall.read': 'See schedules, services, teams and policies',
  'oncall.routing.write': 'Change routing rules',
  'oncall.schedule.write': 'Change schedules',
  'oncall.service.write': 'Change services and teams',
  'oncall.swap': 'Swap own shifts',
  'security.audit.read': 'See the audit trail',
  'security.status.read': 'See the security status',
  'status.publish': 'Publish on status pages',
  'status.read': 'See status pages and their subscribers',
  'status.write': 'Change status pages',
};

const AREAS: Readonly<Record<string, string>> = {
  identity: 'Users, roles and keys',
  incidents: 'Private incidents',
  integrations: 'Integrations',
  monitoring: 'Monitoring',
  oncall: 'On call',
  security: 'Security',
  status: 'Status pages',
};

/** Permissions by area, each area first as a whole. */
export const PERMISSION_OPTIONS = [
  { value: '*', label: '*', description: 'Everything, also what comes later' },
  ...Object.entries(AREAS).map(([area, label]) => ({
    label,
    options: [
      { value: `${area}.*`, label: `${area}.*`, description: `All of it: ${label.toLowerCase()}` },
      ...Object.entries(ALLOWS)
        .filter(([name]) => name.startsWith(`${area}.`))
        .map(([value, description]) => ({ value, label: value, description })),
    ],
  })),
];

export const allowsText = (pattern: string): string =>
  pattern === '*'
    ? 'Everything'
    : pattern.endsWith('.*')
      ? `All of ${pattern.slice(0, -2)}`
      : (ALLOWS[pattern as Permission] ?? pattern);
