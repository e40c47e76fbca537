import { pathParam } from '../../shared/http/path.ts';
import { defineRoutes } from '../../shared/http/route.ts';
import { notFound } from '../../shared/kernel/errors.ts';

const throttle = { requestsPerSecond: 20, burst: 40 };
const HTML = 'text/html; charset=utf-8';

/** The files of the viewer, with their types. */
export const VIEWER_FILES = {
  'docs.css': 'text/css; charset=utf-8',
  'docs.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const;
export type ViewerFile = keyof typeof VIEWER_FILES;

export const noSuchProblem = () =>
  notFound(
    'problem.not_found',
    'There is no problem type with this code. GET /api/openapi.json lists the codes of each route.',
  );

const noSuchFile = () => notFound('docs.not_found', 'There is no such file. Open /api/docs.');

export const routes = defineRoutes({
  getOpenApi: {
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'Get this contract as an OpenAPI 3.0 document',
    permission: 'public',
    success: { status: 200, description: 'The OpenAPI 3.0 document', example: { openapi: '3.0.3' } },
    throttle,
  },
  showDocs: {
    method: 'GET',
    path: '/api/docs',
    summary: 'Read this contract in a browser',
    permission: 'public',
    success: { status: 200, description: 'The page', contentType: HTML, example: '<!doctype html>…' },
    throttle,
  },
  getDocsFile: {
    method: 'GET',
    path: '/api/docs/{file}',
    params: {
      file: pathParam(new RegExp(`^(?:${Object.keys(VIEWER_FILES).join('|').replaceAll('.', '\\.')})$`), noSuchFile),
    },
    summary: 'Get a file of the page that shows this contract',
    permission: 'public',
    success: {
      status: 200,
      description: 'The file',
      contentType: VIEWER_FILES['docs.js'],
      example: '…',
      otherTypes: { [VIEWER_FILES['docs.css']]: { example: '…' } },
    },
    problems: { 404: ['docs.not_found'] },
    throttle: { requestsPerSecond: 50, burst: 100 },
  },
  explainProblem: {
    method: 'GET',
    path: '/api/problems/{code}',
    params: { code: pathParam(/^[a-z0-9_]{1,40}(?:\.[a-z0-9_]{1,40})?$/, noSuchProblem) },
    summary: 'Explain a problem type: the `type` of each problem document leads here',
    permission: 'public',
    success: { status: 200, description: 'The page', contentType: HTML, example: '<!doctype html>…' },
    problems: { 404: ['problem.not_found'] },
    throttle,
  },
});
