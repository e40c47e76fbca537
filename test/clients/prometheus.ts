import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, start, type Child } from '../support/tools/child.ts';
import type { Command } from '../support/tools/debian.ts';
import { eventually } from '../../operate/eventually.ts';
import { freePort } from '../support/tools/free-port.ts';
import { toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

export interface Server {
  readonly address: string;
  stop(): Promise<void>;
}

export interface Watch {
  /** Name of the one rule, which fires while the target is down. */
  readonly alertName: string;
  readonly target: string;
  /** The entry of `alerting.alertmanagers`, as one YAML flow mapping. */
  readonly alertmanager: string;
}

/** A Prometheus that scrapes the target and sends its firing alerts each second. */
export async function startPrometheus(program: Command, watch: Watch): Promise<Server> {
  const directory = temporaryDirectory('prometheus');
  const rules = join(directory, 'rules.yml');
  await writeFile(rules, rulesOf(watch));
  const config = join(directory, 'prometheus.yml');
  await writeFile(config, configOf(watch, rules));
  return serve('prometheus', program, directory, (address) => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--rules.alert.resend-delay=1s',
    '--log.level=warn',
  ]);
}

export interface Scraping {
  readonly target: string;
  readonly path: string;
  readonly credentials: string;
  /** Another line of the scrape configuration. */
  readonly options?: string;
  readonly flags?: readonly string[];
}

/** A Prometheus that scrapes what a bearer of `credentials` may see at `path` of `target`, each second. */
export async function startScraping(
  program: Command,
  { target, path, credentials, options = '', flags = [] }: Scraping,
): Promise<Server> {
  const directory = temporaryDirectory('scraping');
  const config = join(directory, 'prometheus.yml');
  await writeFile(
    config,
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: tocsin
    metrics_path: ${path}
    ${options}
    authorization: { credentials: '${credentials}' }
    static_configs: [{ targets: ['${target}'] }]
`,
  );
  return serve('scraping', program, directory, (address) => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--log.level=warn',
    ...flags,
  ]);
}

/** An Alertmanager whose one receiver posts to `webhook`, at once and again every two seconds. */
export async function startAlertmanager(program: Command, webhook: string): Promise<Server> {
  const directory = temporaryDirectory('alertmanager');
  const config = join(directory, 'alertmanager.yml');
  await writeFile(
    config,
    `route: { receiver: tocsin, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 2s }
receivers:
  - name: tocsin
    webhook_configs:
      - { url: '${webhook}', send_resolved: true }
`,
  );
  return serveAlertmanager(program, directory, config);
}

/** Starts an Alertmanager with this configuration. */
export const serveAlertmanager = (program: Command, directory: string, config: string): Promise<Server> =>
  serve('alertmanager', program, directory, (address) => [
    `--config.file=${config}`,
    `--storage.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ]);

async function serve(
  name: string,
  program: Command,
  directory: string,
  argsFor: (address: string) => readonly string[],
): Promise<Server> {
  const address = `127.0.0.1:${await freePort()}`;
  const [path = '', ...leading] = program;
  const child = await start(name, path, [...leading, ...argsFor(address)], {
    cwd: directory,
    log: join(toolCache, 'logs', `clients-${name}.log`),
  });
  try {
    await ready(child, address);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { address, stop: child.stop };
}

const ready = (child: Child, address: string): Promise<void> =>
  eventually(`${child.name} is ready`, { withinMs: 30_000, everyMs: 200 }, async () => {
    if (child.exitCode() !== undefined) throw new Error(`it ended:\n${lastLines(child.output(), 20)}`);
    const { ok, status } = await fetch(`http://${address}/-/ready`);
    if (!ok) throw new Error(`it answered ${status}`);
  });

const rulesOf = ({ alertName }: Watch): string => `groups:
  - name: clients
    rules:
      - alert: ${alertName}
        expr: up == 0
        labels: { severity: critical }
        annotations: { summary: 'The target {{ $labels.instance }} is down' }
`;

const configOf = ({ target, alertmanager }: Watch, rules: string): string => `global:
  { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
alerting:
  alertmanagers: [${alertmanager}]
scrape_configs:
  - { job_name: target, static_configs: [{ targets: ['${target}'] }] }
`;
