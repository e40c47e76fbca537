import { ok } from 'node:assert/strict';
import { lastLines } from '../support/tools/child.ts';
import { debianTools } from '../support/tools/debian.ts';
import { eventually } from '../../operate/eventually.ts';
import { checkAll, conclude, type Guarantee, type Tally } from '../support/tools/guarantees.ts';
import { amtoolGuarantees } from './amtool.ts';
import { generatedGuarantees } from './generated.ts';
import { libraryGuarantees, pingGuarantees } from './libraries.ts';
import { lifecycle, type Scene } from './lifecycle.ts';
import { startAlertmanager } from './prometheus.ts';
import { otelGuarantees } from './otel.ts';
import { readmeGuarantees } from './readme.ts';
import { scrapeGuarantees } from './scrape.ts';
import { smokeGuarantees } from './smoke.ts';
import { startSubscriber, type Subscriber } from './subscriber.ts';
import { startTocsin, type Tocsin } from '../support/tools/local-run.ts';
import { vmalertGuarantees } from './vmalert.ts';
import { vendorGuarantees } from './vendors.ts';
import { watchGuarantees } from './watch.ts';

const closing: Scene['closing'] = [];

/** `npm run test:clients -- healthchecks` tries only the groups with such a title. */
const titled = new RegExp(process.argv[2] ?? '', 'i');

/** Each group is a scenario of its own: one that fails does not keep the next from being tried. */
async function main(): Promise<Tally> {
  const tools = await debianTools();
  const { alertmanager, amtool, nodeExporter } = tools;
  const prometheus = async (): Promise<string> => tools.prometheus[0] ?? '';
  const vmalert = async (): Promise<string> => tools.vmalert[0] ?? '';
  const tocsin = await startTocsin('clients');
  closing.push(tocsin.stop);
  const subscriber = await startSubscriber();
  closing.push(subscriber.stop);
  const scene: Scene = { tocsin, subscriber, closing };

  const groups: readonly (readonly Guarantee[])[] = [
    [subscription(tocsin, subscriber)],
    lifecycle(prometheus, scene, {
      name: 'Prometheus → Tocsin, bearer token',
      alertName: 'DirectByToken',
      alertmanager: async () =>
        `{ authorization: { credentials: '${tocsin.machineKey}' }, static_configs: [{ targets: ['127.0.0.1:${tocsin.port}'] }] }`,
    }),
    lifecycle(prometheus, scene, {
      name: 'Prometheus → Tocsin, password',
      alertName: 'DirectByPassword',
      alertmanager: async () =>
        `{ basic_auth: { username: prometheus, password: '${tocsin.machineKey}' }, static_configs: [{ targets: ['127.0.0.1:${tocsin.port}'] }] }`,
    }),
    lifecycle(prometheus, scene, {
      name: 'Prometheus → Alertmanager → Tocsin',
      alertName: 'ByWebhook',
      alertmanager: async () => {
        const webhook = `${tocsin.url}/api/integrations/${tocsin.machineKey}/alertmanager`;
        const server = await startAlertmanager(alertmanager, webhook);
        closing.push(server.stop);
        return `{ static_configs: [{ targets: ['${server.address}'] }] }`;
      },
    }),
    vmalertGuarantees('vmalert 1.79', vmalert, scene),
    amtoolGuarantees(amtool, scene),
    scrapeGuarantees(
      [
        { name: 'Prometheus 2', program: prometheus },
        {
          name: 'Prometheus 2 that prefers protobuf',
          program: prometheus,
          flags: ['--enable-feature=native-histograms'],
        },
      ],
      scene,
    ),
    watchGuarantees(nodeExporter, scene),
    ...[...pingGuarantees(scene), ...libraryGuarantees(scene)].map((guarantee) => [guarantee]),
    ...vendorGuarantees(alertmanager, scene).map((guarantee) => [guarantee]),
    ...otelGuarantees(scene).map((guarantee) => [guarantee]),
    readmeGuarantees(tools),
    ...smokeGuarantees(tocsin).map((guarantee) => [guarantee]),
    ...generatedGuarantees(tocsin),
  ];
  const wanted = groups.filter((group) => group.some(({ title }) => titled.test(title)));
  let total: Tally = { passed: 0, failed: 0 };
  for (const group of wanted) {
    const { passed, failed } = await checkAll(group, { stopAtFirst: true });
    total = { passed: total.passed + passed, failed: total.failed + failed };
  }
  if (total.failed > 0) console.log(`\nLast lines of Tocsin:\n${lastLines(tocsin.output(), 40)}`);
  return total;
}

const subscription = ({ admin }: Tocsin, subscriber: Subscriber): Guarantee => ({
  title: 'an HTTP endpoint that is subscribed to the topic is asked to confirm, by a message whose signature verifies',
  check: async () => {
    await admin.post('/api/monitoring/subscriptions', { protocol: 'http', endpoint: subscriber.endpoint });
    await eventually('it is confirmed', { withinMs: 10_000 }, () =>
      ok(subscriber.confirmed(), subscriber.refusals().join()),
    );
  },
});

console.log(
  'Real clients against a local run: Prometheus, Alertmanager, amtool, node_exporter, the OpenTelemetry SDKs for Python and Go, the clients of PagerDuty and Opsgenie, a subscriber of the topic, the README’s lines, and clients that generators make of the contract',
);
await conclude('test:clients', async () => {
  try {
    return await main();
  } finally {
    for (const close of closing.reverse()) await close();
  }
});
