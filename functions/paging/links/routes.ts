import { pathToken } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { refusalPage } from './html.ts';
import { TOKEN_CHARS, unknownLink } from './link.ts';

const HTML = 'text/html; charset=utf-8';

const tapped = {
  path: '/l/{key}',
  params: { key: pathToken(TOKEN_CHARS, unknownLink) },
  permission: 'public',
  tolerant: true,
  refusal: refusalPage,
  throttle: { requestsPerSecond: 100, burst: 200 },
  problems: { 403: ['link.person'], 404: ['link.unknown'] },
} as const;

export const routes = defineRoutes({
  openLink: {
    ...tapped,
    method: 'GET',
    summary: 'Show what a link in a page would do; changes nothing',
    description: 'A page for a phone, without script. Its button posts to the same address.',
    success: { status: 200, description: 'The page', contentType: HTML, example: '<!doctype html>…' },
  },
  tapLink: {
    ...tapped,
    method: 'POST',
    summary: 'Acknowledge or resolve by a link that was sent, once',
    description:
      'In the name of the person to whom it was sent, within two days. A repeat shows the outcome. The answer leads back to the ' +
      'page, so that a phone can load it again.',
    textBody: true,
    maxBodyBytes: 4096,
    success: {
      status: 303,
      description: 'The address of the page that shows the outcome',
      contentType: HTML,
      example: '<!doctype html>…',
    },
  },
});
