import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Inhibition, InhibitRules, SetInhibition } from './inhibition.ts';

const RULE = {
  name: 'A cluster that is down explains its nodes',
  source: [{ name: 'alertname', value: 'ClusterDown', isRegex: false, isEqual: true }],
  target: [{ name: 'alertname', value: 'Node.*', isRegex: true, isEqual: true }],
  equal: ['cluster'],
};
const EXAMPLE = {
  version: 1,
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
  rules: [RULE],
};

const InhibitedAlert = z
  .object({
    alertId: z.string(),
    title: z.string(),
    rule: z.string(),
    by: z.object({ alertId: z.string(), title: z.string() }),
  })
  .register(z.globalRegistry, { id: 'InhibitedAlert' });

export const routes = defineRoutes({
  getInhibition: {
    method: 'GET',
    path: '/api/monitoring/inhibition',
    summary: 'Get the rules by which an open alert keeps others quiet',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    success: { status: 200, description: 'The rules that hold now', body: Inhibition, example: EXAMPLE },
  },
  setInhibition: {
    method: 'PUT',
    path: '/api/monitoring/inhibition',
    summary: 'Set the rules by which an open alert keeps others quiet',
    description:
      'As inhibit_rules of Alertmanager: while an alert is unresolved that `source` matches, nobody is paged for alerts that `target` matches ' +
      'where the labels in `equal` are the same. The alerts are stored and shown, say what keeps them quiet, and are paged within about a ' +
      'minute after it is over. All rules at once, with the version that they follow.',
    permission: 'monitoring.config.update',
    maxBodyBytes: 128 * 1024,
    body: SetInhibition,
    example: { version: 0, rules: [RULE] },
    success: { status: 200, description: 'The new version', body: Inhibition, example: EXAMPLE },
    problems: { 400: ['inhibition.invalid'], 409: ['inhibition.changed'] },
  },
  previewInhibition: {
    method: 'POST',
    path: '/api/monitoring/inhibition/preview',
    summary: 'Show which unresolved alerts rules would keep quiet',
    description: 'Among the newest thousand; `complete` is false where there are more. Nothing is stored.',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    body: z.strictObject({ rules: InhibitRules }),
    example: { rules: [RULE] },
    success: {
      status: 200,
      description: 'The newest hundred, and how many there are in all',
      body: z
        .object({ items: z.readonly(z.array(InhibitedAlert)), inhibited: z.int(), complete: z.boolean() })
        .register(z.globalRegistry, { id: 'InhibitionPreview' }),
      example: {
        items: [
          {
            alertId: 'alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9j',
            title: 'NodeDown',
            rule: RULE.name,
            by: { alertId: 'alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9i', title: 'ClusterDown' },
          },
        ],
        inhibited: 1,
        complete: true,
      },
    },
    problems: { 400: ['inhibition.invalid'] },
  },
});
