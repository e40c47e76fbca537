import { defineRoutes } from '../../../shared/http/route.ts';

export const routes = defineRoutes({
  pressButton: {
    method: 'POST',
    path: '/slack/interactions',
    summary: 'Acknowledge or resolve by a button in Slack',
    description:
      'The request URL of interactivity in the Slack app. Signed by the signing secret of the app (v0), within five minutes; the ' +
      'button does what the link beside it would, for the person whom the message was sent to.',
    permission: 'public',
    tolerant: true,
    textBody: true,
    maxBodyBytes: 65_536,
    throttle: { requestsPerSecond: 50, burst: 100 },
    success: { status: 200, description: 'It is done, or was before', contentType: 'text/plain', example: '' },
    problems: {
      400: ['slack.payload'],
      401: ['slack.signature'],
      403: ['slack.person', 'link.person'],
      404: ['link.unknown'],
    },
  },
});
