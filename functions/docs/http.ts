import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { http } from '../../shared/http/handler.ts';
import type { ProblemType } from '../../shared/http/openapi.ts';
import { reply } from '../../shared/http/route.ts';
import { environment } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { memoizedSync } from './memoized-sync.ts';
import { documentOf, problemPage } from './problem-page.ts';
import { noSuchProblem, routes, VIEWER_FILES, type ViewerFile } from './routes.ts';
import { DOCS_STYLE, VIEWER_SCRIPT } from './viewer.ts';

/** Files that were made or copied when this function was bundled, and are beside its code. */
const beside = memoizedSync((name: string) =>
  readFileSync(join(environment()['LAMBDA_TASK_ROOT'] ?? '.', name), 'utf8'),
);

const OWN: Readonly<Partial<Record<ViewerFile, string>>> = { 'docs.css': DOCS_STYLE, 'docs.js': VIEWER_SCRIPT };

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'public, max-age=300',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'same-origin',
};

const VIEWER_PAGE = documentOf(
  'Tocsin API',
  '<div id="docs"></div><noscript><main><h1>Tocsin API</h1><p>The viewer needs scripts. The contract itself is <a href="openapi.json">openapi.json</a>.</p></main></noscript>',
  '',
  '<link rel="stylesheet" href="docs/swagger-ui.css"><script src="docs/swagger-ui-bundle.js" defer></script><script src="docs/docs.js" defer></script>',
);

/** The routes of this context, over the files beside the code. */
export const surface = (read: (name: string) => string) => {
  const problems = lazy(
    () => new Map((JSON.parse(read('problems.json')) as ProblemType[]).map((problem) => [problem.code, problem])),
  );
  return http(routes, {
    getOpenApi: async () =>
      reply({
        status: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
        body: read('openapi.json'),
      }),
    showDocs: async () => reply({ status: 200, headers: PAGE_HEADERS, body: VIEWER_PAGE }),
    getDocsFile: async ({ params }) => {
      const file = params.file as ViewerFile;
      const headers = { 'content-type': VIEWER_FILES[file], 'cache-control': 'public, max-age=3600' };
      return reply({ status: 200, headers, body: OWN[file] ?? read(file) });
    },
    explainProblem: async ({ params }) => {
      const problem = problems().get(params.code);
      if (!problem) throw noSuchProblem();
      return reply({ status: 200, headers: PAGE_HEADERS, body: problemPage(problem) });
    },
  });
};

export const handler = surface(beside);
