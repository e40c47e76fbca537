import * as z from 'zod/mini';
import { Cursor, Limit, pageOf, queryInteger } from '../../../shared/http/list.ts';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Config, ConfigVersion, RollBackConfig, SetConfig, VERSION_TEXT, noSuchVersion } from './config.ts';
import { Difference } from './diff.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

const VERSION = {
  version: 1,
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
  note: 'Targets as agreed with sales',
  restores: null,
};
const EXAMPLE = { ...VERSION, settings: DEFAULT_SETTINGS };

const version = pathParam(VERSION_TEXT, noSuchVersion);

export const routes = defineRoutes({
  getConfig: {
    method: 'GET',
    path: '/api/monitoring/config',
    summary: 'Get thresholds, targets, retention and notification settings',
    permission: 'monitoring.config.read',
    success: { status: 200, description: 'What holds now', body: Config, example: EXAMPLE },
  },
  setConfig: {
    method: 'PUT',
    path: '/api/monitoring/config',
    summary: 'Set thresholds, targets, retention and notification settings',
    description: 'The whole of it, with the version that it follows. Every container goes by it within a minute.',
    permission: 'monitoring.config.update',
    body: SetConfig,
    example: { version: 0, settings: DEFAULT_SETTINGS, note: VERSION.note },
    success: { status: 200, description: 'The new version', body: Config, example: EXAMPLE },
    problems: { 409: ['config.changed'] },
  },
  listConfigVersions: {
    method: 'GET',
    path: '/api/monitoring/config/versions',
    summary: 'List all versions of the configuration, newest first',
    permission: 'monitoring.config.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of versions: who made them, when and why',
      body: pageOf(ConfigVersion),
      example: { items: [VERSION], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  getConfigVersion: {
    method: 'GET',
    path: '/api/monitoring/config/versions/{version}',
    params: { version },
    summary: 'Get a version of the configuration; 0 is what holds before anybody sets anything',
    permission: 'monitoring.config.read',
    success: { status: 200, description: 'What held', body: Config, example: EXAMPLE },
    problems: { 404: ['config.not_found'] },
  },
  diffConfig: {
    method: 'GET',
    path: '/api/monitoring/config/versions/{version}/diff',
    params: { version },
    summary: 'Tell what changed from a version to another',
    description: 'With `to` to that version, otherwise to what holds now. Pointers are those of RFC 6901.',
    permission: 'monitoring.config.read',
    query: z.strictObject({ to: z.optional(queryInteger(0, 99_999_999)) }),
    success: {
      status: 200,
      description: 'What differs',
      body: z.object({ from: z.int(), to: z.int(), changes: z.array(Difference) }),
      example: { from: 0, to: 1, changes: [{ pointer: '/targets/uptimePercent', before: 99.99, after: 99.9 }] },
    },
    problems: { 404: ['config.not_found'] },
  },
  rollBackConfig: {
    method: 'POST',
    path: '/api/monitoring/config/rollback',
    summary: 'Put the settings of an earlier version in force again',
    description: 'As a new version behind `version`, the present one: the history only grows. `to` 0 is how it began.',
    permission: 'monitoring.config.update',
    body: RollBackConfig,
    example: { version: 2, to: 1, note: 'The new thresholds woke everybody' },
    success: {
      status: 200,
      description: 'The new version',
      body: Config,
      example: { ...EXAMPLE, version: 3, note: 'The new thresholds woke everybody', restores: 1 },
    },
    problems: { 404: ['config.not_found'], 409: ['config.changed'] },
  },
});
