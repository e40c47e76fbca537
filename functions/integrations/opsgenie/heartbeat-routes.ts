import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { noSuchHeartbeat } from './refusal.ts';
import { answered, identifierOf, problems, read, write, written } from './surface.ts';

const name = identifierOf(() => noSuchHeartbeat(''));
const named = { params: { name }, greedy: 'name' } as const;
const found = { ...problems, 404: ['heartbeat.not_found'] } as const;
const changed = { ...written, 403: ['integration.no_configuration_access'], 404: ['heartbeat.not_found'] } as const;

const State = z.object({ name: z.string(), enabled: z.boolean(), expired: z.boolean() });
const OpsgenieHeartbeat = z
  .looseObject({
    name: z.string(),
    description: z.string(),
    interval: z.optional(z.int()),
    intervalUnit: z.optional(z.enum(['minutes', 'hours', 'days'])),
    enabled: z.boolean(),
    expired: z.boolean(),
    alertPriority: z.string(),
    alertTags: z.array(z.string()),
    alertMessage: z.string(),
  })
  .register(z.globalRegistry, { id: 'OpsgenieHeartbeat' });

const HEARTBEAT = {
  name: 'nightly backup',
  description: 'Dumps the database',
  interval: 1,
  intervalUnit: 'days',
  enabled: true,
  expired: false,
  ownerTeam: { name: 'ops' },
  alertPriority: 'P3',
  alertTags: ['backup'],
  alertMessage: '',
} as const;

const BODY = {
  name: 'nightly backup',
  interval: 1,
  intervalUnit: 'days',
  enabled: true,
} as const;

const one = (description: string) =>
  ({
    status: 200,
    description,
    body: answered(OpsgenieHeartbeat),
    example: { data: HEARTBEAT, took: 0.02, requestId: 'req-1' },
  }) as const;
const state = (description: string) =>
  ({
    status: 200,
    description,
    body: answered(State),
    example: { data: { name: 'nightly backup', enabled: true, expired: false }, took: 0.02, requestId: 'req-1' },
  }) as const;

const ping = {
  ...write,
  ...named,
  path: '/v2/heartbeats/{name}/ping',
  success: {
    status: 202,
    description: 'The ping counts',
    body: z.object({ result: z.string(), took: z.number(), requestId: z.string() }),
    example: { result: 'PONG - Heartbeat received', took: 0.01, requestId: 'req-1' },
  },
  problems: { ...written, 404: ['heartbeat.not_found'] },
} as const;

/** Heartbeats of Opsgenie are monitors of type heartbeat that have a slug. */
export const heartbeatRoutes = defineRoutes({
  listOpsgenieHeartbeats: {
    ...read,
    path: '/v2/heartbeats',
    summary: 'List heartbeats by the Opsgenie Heartbeat API',
    success: {
      status: 200,
      description: 'All heartbeats that have a slug',
      body: answered(z.object({ heartbeats: z.array(OpsgenieHeartbeat) })),
      example: { data: { heartbeats: [HEARTBEAT] }, took: 0.02, requestId: 'req-1' },
    },
    problems,
  },
  createOpsgenieHeartbeat: {
    ...write,
    path: '/v2/heartbeats',
    summary: 'Create a heartbeat by the Opsgenie Heartbeat API',
    description:
      'Its slug follows from its name, and it expires with its interval. The integration needs `configurationAccess`, as for each change.',
    example: BODY,
    success: state('The heartbeat, due from now on'),
    problems: {
      ...written,
      403: ['integration.no_configuration_access'],
      409: ['monitor.slug_taken'],
    },
  },
  getOpsgenieHeartbeat: {
    ...read,
    ...named,
    path: '/v2/heartbeats/{name}',
    summary: 'Get a heartbeat by the Opsgenie Heartbeat API',
    description: 'By its name, or by its slug.',
    success: one('The heartbeat'),
    problems: found,
  },
  changeOpsgenieHeartbeat: {
    ...write,
    ...named,
    method: 'PATCH',
    path: '/v2/heartbeats/{name}',
    summary: 'Change a heartbeat by the Opsgenie Heartbeat API',
    description: 'What the body leaves out stays.',
    success: one('The heartbeat as it is now'),
    problems: { ...changed, 409: ['monitor.slug_taken', 'monitor.changed'] },
  },
  deleteOpsgenieHeartbeat: {
    ...write,
    ...named,
    method: 'DELETE',
    path: '/v2/heartbeats/{name}',
    summary: 'Delete a heartbeat by the Opsgenie Heartbeat API',
    success: state('It is deleted, and its alert resolves'),
    problems: changed,
  },
  enableOpsgenieHeartbeat: {
    ...write,
    ...named,
    path: '/v2/heartbeats/{name}/enable',
    summary: 'Resume a heartbeat by the Opsgenie Heartbeat API',
    success: state('It is due from now on'),
    problems: { ...changed, 409: ['monitor.changed'] },
  },
  disableOpsgenieHeartbeat: {
    ...write,
    ...named,
    path: '/v2/heartbeats/{name}/disable',
    summary: 'Pause a heartbeat by the Opsgenie Heartbeat API',
    success: state('It is paused, and its alert resolves'),
    problems: { ...changed, 409: ['monitor.changed'] },
  },
  pingOpsgenieHeartbeat: { ...ping, summary: 'Ping a heartbeat by the Opsgenie Heartbeat API' },
  getPingOpsgenieHeartbeat: {
    ...ping,
    method: 'GET',
    summary: 'Ping a heartbeat by the Opsgenie Heartbeat API (GET)',
  },
  putPingOpsgenieHeartbeat: {
    ...ping,
    method: 'PUT',
    summary: 'Ping a heartbeat by the Opsgenie Heartbeat API (PUT)',
  },
  patchPingOpsgenieHeartbeat: {
    ...ping,
    method: 'PATCH',
    summary: 'Ping a heartbeat by the Opsgenie Heartbeat API (PATCH)',
  },
});
