import { streamReactor } from '../../../shared/aws/stream.ts';
import { keepDeps } from '../deps.ts';
import { eventIn, type Eventful } from '../event-in.ts';
import { entryOfEvent } from '../entry.ts';

/** Keeps each event that a write of a table carries. */
export const handler = streamReactor<Eventful>(keepDeps, async (written) => {
  const event = eventIn(written);
  if (event) await keepDeps().store.keep(entryOfEvent(event));
});
