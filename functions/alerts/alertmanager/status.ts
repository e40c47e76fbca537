import * as z from 'zod/mini';

export const AlertmanagerStatus = z.object({
  cluster: z.object({ status: z.string(), peers: z.array(z.unknown()) }),
  versionInfo: z.object({
    version: z.string(),
    revision: z.string(),
    branch: z.string(),
    buildUser: z.string(),
    buildDate: z.string(),
    goVersion: z.string(),
  }),
  config: z.object({ original: z.string() }),
  uptime: z.string(),
});

/**
 * What clients ask an Alertmanager about itself. Its version is the one whose API this is; clients compare it with their
 * own. There is no cluster of peers, and the configuration says what would have to stand in one.
 */
export const status = (startedAt: Date): z.infer<typeof AlertmanagerStatus> => ({
  cluster: { status: 'disabled', peers: [] },
  versionInfo: {
    version: '0.25.0',
    revision: 'tocsin',
    branch: 'tocsin',
    buildUser: 'tocsin',
    buildDate: '',
    goVersion: '',
  },
  config: { original: 'route: { receiver: tocsin, group_by: [alertname] }\nreceivers: [{ name: tocsin }]\n' },
  uptime: startedAt.toISOString(),
});
