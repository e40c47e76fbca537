import { streamReactor } from '../../../shared/aws/stream.ts';
import type { StoredAlert } from '../alert.ts';
import { notifyDeps } from '../deps.ts';
import { publish } from '../publish.ts';
import { messageOf, transitionsIn } from '../written.ts';

/** Publishes each transition of each alert to the topic. */
export const handler = streamReactor<StoredAlert & { slot: string; item: string }>(notifyDeps, async (written) => {
  for (const alert of transitionsIn(written)) await publish(notifyDeps(), messageOf(alert));
});
