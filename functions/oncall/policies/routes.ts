import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { CreatePolicy, Policy, SavePolicy, POLICY_ID, noSuchPolicy, wrongPolicyId } from './policy.ts';

const RULES = {
  name: 'Everybody',
  steps: [
    {
      targets: [{ type: 'schedule', id: 'sch_01jd3v8m2k7q4xh2g8vq0p1m9d' }],
      escalateAfterMinutes: 5,
    },
    {
      targets: [
        { type: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9e' },
        { type: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9f' },
      ],
      assignment: 'round_robin',
      hours: {
        timeZone: 'Europe/Berlin',
        windows: [{ type: 'daily', days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
      },
      escalateAfterMinutes: 10,
    },
  ],
  repeat: 2,
  acknowledgementTimeoutMinutes: 60,
};

const EXAMPLE = {
  id: 'default',
  version: 1,
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
  ...RULES,
};

const policyId = pathParam(POLICY_ID, noSuchPolicy);

export const routes = defineRoutes({
  listPolicies: {
    method: 'GET',
    path: '/api/oncall/policies',
    summary: 'List escalation policies',
    permission: 'oncall.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of policies',
      body: pageOf(Policy),
      example: { items: [EXAMPLE], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createPolicy: {
    method: 'POST',
    path: '/api/oncall/policies',
    summary: 'Make an escalation policy',
    description: 'It is given an id. `PUT` with an id of your own choice, such as `default`, makes one as well.',
    permission: 'oncall.policy.write',
    body: CreatePolicy,
    example: RULES,
    success: { status: 201, description: 'The policy', body: Policy, example: EXAMPLE },
    problems: { 400: ['user.unknown', 'schedule.unknown', 'team.unknown', 'contact.unknown'] },
  },
  getPolicy: {
    method: 'GET',
    path: '/api/oncall/policies/{id}',
    params: { id: policyId },
    summary: 'Get an escalation policy',
    permission: 'oncall.read',
    success: { status: 200, description: 'The policy', body: Policy, example: EXAMPLE },
    problems: { 404: ['policy.not_found'] },
  },
  savePolicy: {
    method: 'PUT',
    path: '/api/oncall/policies/{id}',
    params: { id: pathParam(POLICY_ID, wrongPolicyId) },
    summary: 'Make or replace an escalation policy',
    description:
      'The whole of it, with the version that it follows, 0 for a new one. Who is on call by a schedule, ' +
      'and who answers for a team, is found out when the step is reached; nobody is paged twice in it. With `round_robin` ' +
      'a step pages the next of its targets who can be reached. A step with `hours` is passed over at others, unless no ' +
      'step of the policy would count then. Alerts are escalated by the policy that their service names, else by `default`. ' +
      'An escalation keeps to the version that it began with. What a step names must be there when it is saved.',
    permission: 'oncall.policy.write',
    body: SavePolicy,
    example: { ...RULES, version: 0 },
    success: { status: 200, description: 'The policy', body: Policy, example: EXAMPLE },
    problems: {
      400: ['policy.id', 'user.unknown', 'schedule.unknown', 'team.unknown', 'contact.unknown'],
      409: ['policy.changed'],
    },
  },
  deletePolicy: {
    method: 'DELETE',
    path: '/api/oncall/policies/{id}',
    params: { id: policyId },
    summary: 'Delete an escalation policy; what escalates by it goes on',
    permission: 'oncall.policy.write',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['policy.not_found'], 409: ['policy.in_use', 'policy.changed'] },
  },
});
