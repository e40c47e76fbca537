import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { reactorDeps } from '../deps.ts';
import { renderPage, type RenderDeps } from '../rendering/render-page.ts';
import { jobsIn, pageOf, type StreamItem } from '../rendering/stream-item.ts';
import type { Jobs } from '../subscribers/job.ts';

/** Announces the updates of a write to subscribers, and renders its page. What fails is done again; a subscriber hears of it once. */
export const renderer = (deps: () => PoisonDeps & RenderDeps & { readonly jobs: Pick<Jobs, 'sendAll'> }) =>
  streamReactor<StreamItem>(deps, async (written) => {
    const jobs = jobsIn(written);
    if (jobs.length > 0) await deps().jobs.sendAll(jobs);
    const page = pageOf(written);
    if (page !== undefined) await renderPage(deps(), page);
  });

export const handler = renderer(reactorDeps);
