import { eventually } from '../../operate/eventually.ts';
import { ok } from 'node:assert/strict';
import { lastLines } from '../support/tools/child.ts';
import { goProgram } from '../support/tools/go.ts';
import { checkAll, conclude, type Guarantee, type Tally } from '../support/tools/guarantees.ts';
import { startTocsin } from '../support/tools/local-run.ts';
import { newAmtoolGuarantees } from './amtool.ts';
import { collectorGuarantees } from './collector.ts';
import { lifecycle, type Scene } from './lifecycle.ts';
import { scrapeGuarantees } from './scrape.ts';
import { startSubscriber } from './subscriber.ts';
import { vmalertGuarantees } from './vmalert.ts';

/* The newest clients that are published as Go modules alone. Each is compiled once, which takes minutes. */

const amtool = (): Promise<string> => goProgram('github.com/prometheus/alertmanager/cmd/amtool@v0.35.0');
const vmalert = (): Promise<string> => goProgram('github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert@v1.148.9');
/** Without the service discoveries of clouds, which take longer to compile than all the rest. */
const prometheus = (): Promise<string> =>
  goProgram('github.com/prometheus/prometheus/cmd/prometheus@v0.316.0', ['remove_all_sd', 'slicelabels']);

const titled = new RegExp(process.argv[2] ?? '', 'i');
const closing: Scene['closing'] = [];

async function main(): Promise<Tally> {
  const tocsin = await startTocsin('built');
  closing.push(tocsin.stop);
  const subscriber = await startSubscriber();
  closing.push(subscriber.stop);
  await tocsin.admin.post('/api/monitoring/subscriptions', { protocol: 'http', endpoint: subscriber.endpoint });
  await eventually('the subscriber is confirmed', { withinMs: 20_000 }, () => ok(subscriber.confirmed()));
  const scene: Scene = { tocsin, subscriber, closing };

  const groups: readonly (readonly Guarantee[])[] = [
    ...newAmtoolGuarantees(amtool, scene).map((guarantee) => [guarantee]),
    ...vmalertGuarantees('vmalert 1.148', vmalert, scene).map((guarantee) => [guarantee]),
    ...collectorGuarantees(scene).map((guarantee) => [guarantee]),
    lifecycle(prometheus, scene, {
      name: 'Prometheus 3 → Tocsin',
      alertName: 'ByPrometheus3',
      alertmanager: async () =>
        `{ api_version: v2, authorization: { credentials: '${tocsin.machineKey}' }, static_configs: [{ targets: ['127.0.0.1:${tocsin.port}'] }] }`,
    }),
    scrapeGuarantees(
      [
        { name: 'Prometheus 3', program: prometheus },
        {
          name: 'Prometheus 3 that prefers protobuf and native histograms',
          program: prometheus,
          options:
            'scrape_native_histograms: true\n    scrape_protocols: [PrometheusProto, OpenMetricsText1.0.0, PrometheusText0.0.4]',
        },
        {
          name: 'Prometheus 3 that asks for the time of creation',
          program: prometheus,
          flags: ['--enable-feature=created-timestamp-zero-ingestion'],
        },
      ],
      scene,
    ),
  ];
  let total: Tally = { passed: 0, failed: 0 };
  for (const group of groups.filter((each) => each.some(({ title }) => titled.test(title)))) {
    const { passed, failed } = await checkAll(group, { stopAtFirst: true });
    total = { passed: total.passed + passed, failed: total.failed + failed };
  }
  if (total.failed > 0) console.log(`\nLast lines of Tocsin:\n${lastLines(tocsin.output(), 40)}`);
  return total;
}

console.log(
  'Clients that are compiled from Go modules: amtool 0.35, vmalert, Prometheus 3, the OpenTelemetry Collector',
);
await conclude('test:clients:built', async () => {
  try {
    return await main();
  } finally {
    for (const close of closing.reverse()) await close();
  }
});
