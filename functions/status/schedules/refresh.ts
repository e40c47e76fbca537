import { renderDeps } from '../deps.ts';
import { pageRefresher } from '../rendering/refresh-pages.ts';

/** Each minute: renders the pages whose monitors changed, and the others so that they say when they were last looked after. */
export const handler = pageRefresher(renderDeps);
