import * as z from 'zod/mini';

export const AlertmanagerStatus = z
  .object({
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
  })
  .register(z.globalRegistry, { id: 'AlertmanagerStatus' });

/** The Alertmanager whose API this is. Clients compare it with their own version. */
export const ALERTMANAGER_VERSION = '0.35.0';

/**
 * What clients ask an Alertmanager about itself. There is no cluster of peers, and the configuration says what would have to stand in one.
 */
export const getStatus = ({ startedAt }: { readonly startedAt: Date }): z.infer<typeof AlertmanagerStatus> => ({
  cluster: { status: 'disabled', peers: [] },
  versionInfo: {
    version: ALERTMANAGER_VERSION,
    revision: 'tocsin',
    branch: 'tocsin',
    buildUser: 'tocsin',
    buildDate: '',
    goVersion: '',
  },
  config: { original: 'route: { receiver: tocsin, group_by: [alertname] }\nreceivers: [{ name: tocsin }]\n' },
  uptime: startedAt.toISOString(),
});

/** The text format that an Alertmanager answers at `/metrics`: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const FIGURES_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What clients read at the `/metrics` of an Alertmanager: its version. */
export const figures = (): string =>
  [
    '# HELP alertmanager_build_info A metric with a constant value of 1, labeled by the version of the API.',
    '# TYPE alertmanager_build_info gauge',
    `alertmanager_build_info{branch="tocsin",goversion="",revision="tocsin",version="${ALERTMANAGER_VERSION}"} 1`,
    '',
  ].join('\n');
