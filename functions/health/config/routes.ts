import { defineRoutes } from '../../../shared/http/route.ts';
import { Config, SetConfig } from './config.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

const EXAMPLE = {
  version: 1,
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
  settings: DEFAULT_SETTINGS,
};

export const routes = defineRoutes({
  getConfig: {
    method: 'GET',
    path: '/api/monitoring/config',
    summary: 'Get thresholds, targets and retention',
    permission: 'monitoring.config.read',
    success: { status: 200, description: 'What holds now', body: Config, example: EXAMPLE },
  },
  setConfig: {
    method: 'PUT',
    path: '/api/monitoring/config',
    summary: 'Set thresholds, targets and retention',
    description: 'The whole of it, with the version that it follows. Every container goes by it within a minute.',
    permission: 'monitoring.config.update',
    body: SetConfig,
    example: { version: 0, settings: DEFAULT_SETTINGS },
    success: { status: 200, description: 'The new version', body: Config, example: EXAMPLE },
    problems: { 409: ['config.changed'] },
  },
});
