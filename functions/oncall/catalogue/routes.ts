import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Name } from '../vocabulary.ts';
import { CreateService, ReplaceService, Service } from './service.ts';
import { CreateTeam, ReplaceTeam, Team } from './team.ts';

const serviceId = pathId('svc', 'service');
const teamId = pathId('team', 'team');

const KEPT = {
  version: 1,
  createdAt: '2026-11-21T03:00:00.000Z',
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
};

/** What a request may say as it stands: it names nothing that an installation does not begin with. */
const SERVICE = {
  name: 'checkout',
  description: 'Takes the money.',
  teamId: null,
  policyId: 'default',
  dependsOn: [],
  runbookUrl: 'https://runbook.example/checkout',
  labels: { tier: '1' },
};
const A_SERVICE = {
  id: 'svc_01jd3v8m2k7q4xh2g8vq0p1m9d',
  ...SERVICE,
  teamId: 'team_01jd3v8m2k7q4xh2g8vq0p1m9d',
  dependsOn: ['svc_01jd3v8m2k7q4xh2g8vq0p1m9e'],
  ...KEPT,
};

const TEAM = {
  name: 'payments',
  description: 'Whatever has to do with money.',
  parentId: null,
  members: [],
  labels: {},
};
const A_TEAM = {
  id: 'team_01jd3v8m2k7q4xh2g8vq0p1m9d',
  ...TEAM,
  members: [{ userId: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', role: 'lead' }],
  ...KEPT,
};

export const routes = defineRoutes({
  listServices: {
    method: 'GET',
    path: '/api/services',
    summary: 'List services, oldest first, or the one that bears a name',
    permission: 'oncall.read',
    query: z.strictObject({ name: z.optional(Name), limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of services',
      body: pageOf(Service),
      example: { items: [A_SERVICE], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createService: {
    method: 'POST',
    path: '/api/services',
    summary: 'Say whose a service is, what it needs and which policy its alerts follow',
    description: 'Its name is what alerts say in `service`. Dependencies must not go in a circle; the circle is named.',
    permission: 'oncall.service.write',
    body: CreateService,
    example: SERVICE,
    success: { status: 201, description: 'The service', body: Service, example: A_SERVICE },
    problems: {
      400: ['service.unknown', 'team.unknown', 'policy.unknown'],
      409: ['service.name_taken', 'service.circular', 'service.limit', 'catalogue.busy'],
    },
  },
  getService: {
    method: 'GET',
    path: '/api/services/{id}',
    params: { id: serviceId },
    summary: 'Get a service',
    permission: 'oncall.read',
    success: { status: 200, description: 'The service', body: Service, example: A_SERVICE },
    problems: { 404: ['service.not_found'] },
  },
  replaceService: {
    method: 'PUT',
    path: '/api/services/{id}',
    params: { id: serviceId },
    summary: 'Replace a service',
    description: 'The whole of it, with the version that it follows.',
    permission: 'oncall.service.write',
    body: ReplaceService,
    example: { ...SERVICE, version: 1 },
    success: { status: 200, description: 'The service', body: Service, example: { ...A_SERVICE, version: 2 } },
    problems: {
      400: ['service.unknown', 'team.unknown', 'policy.unknown'],
      404: ['service.not_found'],
      409: ['service.changed', 'service.name_taken', 'service.circular', 'catalogue.busy'],
    },
  },
  deleteService: {
    method: 'DELETE',
    path: '/api/services/{id}',
    params: { id: serviceId },
    summary: 'Delete a service on which no other depends',
    permission: 'oncall.service.write',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['service.not_found'], 409: ['service.in_use', 'catalogue.busy'] },
  },
  listTeams: {
    method: 'GET',
    path: '/api/teams',
    summary: 'List teams, oldest first',
    permission: 'oncall.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of teams',
      body: pageOf(Team),
      example: { items: [A_TEAM], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createTeam: {
    method: 'POST',
    path: '/api/teams',
    summary: 'Make a team, on its own or as part of another',
    permission: 'oncall.service.write',
    body: CreateTeam,
    example: TEAM,
    success: { status: 201, description: 'The team', body: Team, example: A_TEAM },
    problems: {
      400: ['team.unknown', 'user.unknown'],
      409: ['team.name_taken', 'team.circular', 'team.limit', 'catalogue.busy'],
    },
  },
  getTeam: {
    method: 'GET',
    path: '/api/teams/{id}',
    params: { id: teamId },
    summary: 'Get a team',
    permission: 'oncall.read',
    success: { status: 200, description: 'The team', body: Team, example: A_TEAM },
    problems: { 404: ['team.not_found'] },
  },
  replaceTeam: {
    method: 'PUT',
    path: '/api/teams/{id}',
    params: { id: teamId },
    summary: 'Replace a team',
    description: 'The whole of it, with the version that it follows.',
    permission: 'oncall.service.write',
    body: ReplaceTeam,
    example: { ...TEAM, version: 1 },
    success: { status: 200, description: 'The team', body: Team, example: { ...A_TEAM, version: 2 } },
    problems: {
      400: ['team.unknown', 'user.unknown'],
      404: ['team.not_found'],
      409: ['team.changed', 'team.name_taken', 'team.circular', 'catalogue.busy'],
    },
  },
  deleteTeam: {
    method: 'DELETE',
    path: '/api/teams/{id}',
    params: { id: teamId },
    summary: 'Delete a team that nothing belongs to, and no policy pages',
    permission: 'oncall.service.write',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['team.not_found'], 409: ['team.in_use', 'catalogue.busy'] },
  },
});
