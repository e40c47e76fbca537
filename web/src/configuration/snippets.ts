/** What a person copies into a client. `key` is a machine key, or a placeholder for one. */
export interface Snippet {
  readonly id: string;
  readonly client: string;
  readonly about: string;
  readonly text: string;
}

const PLACEHOLDER = 'tsk_…';

/** The snippets of each client, for this installation. */
export const snippetsFor = (origin: string, key: string = PLACEHOLDER): readonly Snippet[] => {
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
