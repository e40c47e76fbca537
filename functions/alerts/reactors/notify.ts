import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import type { StoredAlert } from '../alert.ts';
import { notifyDeps } from '../deps.ts';
import { publish, type PublishDeps } from '../publish.ts';
import { messageOf, transitionsIn } from '../written.ts';

/** Publishes each transition of each alert to the topic. */
export const notifier = (deps: () => PoisonDeps & PublishDeps) =>
  streamReactor<StoredAlert & { slot: string; item: string }>(deps, async (written) => {
    for (const alert of transitionsIn(written)) await publish(deps(), messageOf(alert));
  });

export const handler = notifier(notifyDeps);
