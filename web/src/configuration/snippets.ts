/** The vendors whose clients take a key of an integration. */
export type Vendor = 'pagerduty' | 'opsgenie';

/** What a person copies into a client. */
export interface Snippet {
  readonly id: string;
  readonly client: string;
  readonly about: string;
  /** Whose key it needs: an integration's of this vendor, else a machine key. */
  readonly vendor?: Vendor;
  readonly text: string;
}

/** The keys that were made: a machine key, and one of each vendor. */
export type Keys = Readonly<Partial<Record<Vendor | 'machine', string>>>;

export const PLACEHOLDERS = { machine: 'tsk_…', pagerduty: 'KEY', opsgenie: 'KEY' } as const;

/** The snippets of each client, for this installation, with keys or placeholders for them. */
export const snippetsFor = (origin: string, keys: Keys = {}): readonly Snippet[] => {
  const { machine: key, pagerduty, opsgenie } = { ...PLACEHOLDERS, ...keys };
  const { host, protocol } = new URL(origin);
  const scheme = protocol === 'https:' ? 'scheme: https\n      ' : '';
  return [
    {
      id: 'curl',
      client: 'curl',
      about: 'A script that sees something wrong. The same dedupKey again counts onto the open alert.',
      text: `curl -fsS ${origin}/api/v2/alerts \\
  -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
  -d '[{"labels":{"alertname":"BackupFailed","severity":"critical","service":"db"},"annotations":{"summary":"The backup of db-7 failed"}}]'`,
    },
    {
      id: 'prometheus',
      client: 'Prometheus',
      about: 'prometheus.yml, with Tocsin as its Alertmanager.',
      text: `alerting:
  alertmanagers:
    - ${scheme}authorization: { credentials: ${key} }
      static_configs: [{ targets: ['${host}'] }]`,
    },
    {
      id: 'alertmanager',
      client: 'Alertmanager',
      about:
        'alertmanager.yml, where an Alertmanager runs already. Grafana takes the same URL as a webhook contact point.',
      text: `receivers:
  - name: tocsin
    webhook_configs: [{ url: '${origin}/api/integrations/${key}/alertmanager' }]`,
    },
    {
      id: 'pagerduty',
      client: 'PagerDuty',
      vendor: 'pagerduty',
      about:
        'Whatever sends events to PagerDuty takes this address and key. Alertmanager has them in pagerduty_configs.',
      text: `curl -fsS ${origin}/v2/enqueue \\
  -d '{"routing_key":"${pagerduty}","event_action":"trigger","dedup_key":"db-7/backup","payload":{"summary":"The backup of db-7 failed","source":"db-7","severity":"critical"}}'`,
    },
    {
      id: 'opsgenie',
      client: 'Opsgenie',
      vendor: 'opsgenie',
      about:
        'Whatever uses the Alert API of Opsgenie takes this address and key. Alertmanager has them in opsgenie_configs.',
      text: `curl -fsS ${origin}/v2/alerts -H 'authorization: GenieKey ${opsgenie}' \\
  -d '{"message":"The backup of db-7 failed","alias":"db-7/backup","priority":"P1"}'`,
    },
    {
      id: 'otel',
      client: 'OpenTelemetry',
      about: 'Metrics of an SDK or a Collector. The key needs monitoring.write as well.',
      text: `export OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${origin}/v1/metrics
export OTEL_EXPORTER_OTLP_METRICS_HEADERS='authorization=Bearer ${key}'`,
    },
    {
      id: 'amtool',
      client: 'amtool',
      about: 'Lists and silences alerts. The key needs monitoring.read and monitoring.alert.acknowledge as well.',
      text: `echo 'authorization: { credentials: ${key} }' > http.yml
amtool --alertmanager.url=${origin} --http.config.file=http.yml alert query`,
    },
    {
      id: 'scrape',
      client: 'Prometheus, scraping',
      about: 'prometheus.yml: the latest values of all metrics. The key needs monitoring.read.',
      text: `scrape_configs:
  - job_name: tocsin
    metrics_path: /api/monitoring/metrics
    ${scheme.trim() === '' ? '' : 'scheme: https\n    '}authorization: { credentials: ${key} }
    static_configs: [{ targets: ['${host}'] }]`,
    },
  ];
};
