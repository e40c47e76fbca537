import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '../../functions/alerts/alert.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { startPrometheus } from './prometheus.ts';
import type { Subscriber } from './subscriber.ts';
import { startTarget, type Target } from './target.ts';
import type { Tocsin } from '../support/tools/local-run.ts';

/** What every scenario shares. */
export interface Scene {
  readonly tocsin: Tocsin;
  readonly subscriber: Subscriber;
  /** Ends the programs that were started, the last one first. */
  readonly closing: (() => Promise<void>)[];
}

export interface Chain {
  /** How the chain is called in the titles, such as `Prometheus → Tocsin`. */
  readonly name: string;
  /** Unique over all chains, and the label by which its alerts are found. */
  readonly alertName: string;
  /** Starts the programs between Prometheus and Tocsin, and returns Prometheus' `alertmanagers` entry. */
  alertmanager(): Promise<string>;
}

const patience = { withinMs: 30_000 };

/** Tests of an alert that a real Prometheus raises because a real target fails, on each way to Tocsin. */
export function lifecycle(
  prometheusProgram: () => Promise<string>,
  { tocsin, subscriber, closing }: Scene,
  chain: Chain,
): readonly Guarantee[] {
  let target: Target | undefined;
  let opened: Alert | undefined;

  const theOne = async (): Promise<Alert> => {
    const alerts = await tocsin.alertsWith('alertname', chain.alertName);
    const [alert] = alerts;
    if (!alert || alerts.length > 1) throw new Error(`there are ${alerts.length} alerts`);
    return alert;
  };
  const transitions = (): readonly string[] => subscriber.about(opened?.id ?? '').map(({ transition }) => transition);

  return [
    {
      title: `${chain.name}: nothing is raised while the target is up`,
      check: async () => {
        target = await startTarget();
        closing.push(target.stop);
        const prometheus = await startPrometheus([await prometheusProgram()], {
          alertName: chain.alertName,
          target: target.address,
          alertmanager: await chain.alertmanager(),
        });
        closing.push(prometheus.stop);
        await sleep(3_000);
        deepStrictEqual(await tocsin.alertsWith('alertname', chain.alertName), []);
      },
    },
    {
      title: `${chain.name}: a target that fails opens one alert, with the rule's labels and summary`,
      check: async () => {
        const downAt = performance.now();
        target?.goDown();
        opened = await eventually('the alert is open', { ...patience, everyMs: 100 }, theOne);
        const seconds = (performance.now() - downAt) / 1000;
        strictEqual(opened.status, 'open');
        strictEqual(opened.severity, 'critical');
        strictEqual(opened.labels['instance'], target?.address);
        ok(JSON.stringify(opened).includes(`The target ${target?.address} is down`), 'the summary is lost');
        return `${seconds.toFixed(1)} s after the target failed`;
      },
    },
    {
      title: `${chain.name}: repeats are counted and raise nothing new`,
      check: async () => {
        const repeated = await eventually('it is seen five times', patience, async () => {
          const alert = await theOne();
          ok(alert.count >= 5, `it was seen ${alert.count} times`);
          return alert;
        });
        strictEqual(repeated.id, opened?.id);
        strictEqual(repeated.status, 'open');
        strictEqual(repeated.firstSeenAt, opened?.firstSeenAt);
        ok(repeated.lastSeenAt > (opened?.lastSeenAt ?? ''), 'lastSeenAt stands still');
        return `seen ${repeated.count} times`;
      },
    },
    {
      title: `${chain.name}: the subscriber was told once that it opened, by a message whose signature verifies`,
      check: async () => {
        await eventually('it is told', patience, () => deepStrictEqual(transitions(), ['opened']));
        deepStrictEqual(subscriber.refusals(), []);
      },
    },
    {
      title: `${chain.name}: it resolves when the target returns, and stays the only one`,
      check: async () => {
        const backAt = performance.now();
        target?.comeBack();
        const isResolved = async (): Promise<void> => {
          const { id, status } = await theOne();
          deepStrictEqual({ id, status }, { id: opened?.id, status: 'resolved' });
        };
        await eventually('it is resolved', { ...patience, everyMs: 200 }, isResolved);
        const seconds = (performance.now() - backAt) / 1000;
        // Prometheus goes on telling that it is resolved for a quarter of an hour.
        await sleep(4_000);
        await isResolved();
        return `${seconds.toFixed(1)} s after the target returned`;
      },
    },
    {
      title: `${chain.name}: the subscriber was told once that it resolved, last`,
      check: async () => {
        await eventually('it is told', patience, () => deepStrictEqual(transitions(), ['opened', 'resolved']));
        deepStrictEqual(subscriber.refusals(), []);
      },
    },
  ];
}
