import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { reactorDeps } from '../deps.ts';
import { renderPage, type RenderDeps } from '../rendering/render-page.ts';
import { pageOf, type StreamItem } from '../rendering/stream-item.ts';

/** Renders the page that a write concerns. */
export const renderer = (deps: () => PoisonDeps & RenderDeps) =>
  streamReactor<StreamItem>(deps, async (written) => {
    const page = pageOf(written);
    if (page !== undefined) await renderPage(deps(), page);
  });

export const handler = renderer(reactorDeps);
