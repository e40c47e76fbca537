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
    success: { status: 200, description: 'The settings in force', body: Config, example: EXAMPLE },
  },
  setConfig: {
    method: 'PUT',
    path: '/api/monitoring/config',
    summary: 'Set thresholds, targets, retention and notification settings',
    description: 'Send all settings, with the version that they follow. Every container obeys them within a minute.',
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
    summary: 'Get a version of the configuration; version 0 has the defaults',
    permission: 'monitoring.config.read',
    success: { status: 200, description: 'The version', body: Config, example: EXAMPLE },
    problems: { 404: ['config.not_found'] },
  },
  diffConfig: {
    method: 'GET',
    path: '/api/monitoring/config/versions/{version}/diff',
    params: { version },
    summary: 'Compare two versions of the configuration',
    description: 'Compares with the version `to`, or with the settings in force. Pointers follow RFC 6901.',
    permission: 'monitoring.config.read',
    query: z.strictObject({ to: z.optional(queryInteger(0, 99_999_999)) }),
    success: {
      status: 200,
      description: 'The differences',
      body: z.object({ from: z.int(), to: z.int(), changes: z.array(Difference) }),
      example: { from: 0, to: 1, changes: [{ pointer: '/targets/uptimePercent', before: 99.99, after: 99.9 }] },
    },
    problems: { 404: ['config.not_found'] },
  },
  rollBackConfig: {
    method: 'POST',
    path: '/api/monitoring/config/rollback',
    summary: 'Go back to the settings of an earlier version',
    description:
      'Makes a new version after `version`, the present one, with the settings of `to`. Version 0 has the defaults.',
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
