import * as z from 'zod/mini';
import { pathToken } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { webhookRefusal } from '../alertmanager/refusal.ts';
import { EXAMPLE_EVENT_ID } from '../receipts/routes.ts';
import { unknownKey } from '../source.ts';

/** As much as PagerDuty takes. */
const MAX_MESSAGE_BYTES = 512 * 1024;
const KEY_CHARS = 73;

export const routes = defineRoutes({
  takeMessage: {
    method: 'POST',
    path: '/api/integrations/{key}/webhook',
    params: { key: pathToken(KEY_CHARS, unknownKey) },
    summary: 'Receive a webhook of any vendor',
    description:
      'Authorise with the key of an integration that has a mapping, in the path. The body is JSON or a form. The mapping says what happened, and ' +
      'to which alert. The answer is 200 after every event is stored, 400 where the mapping rejects one (the others are stored all the ' +
      'same, the answer says what became of each in `events`, and the integration shows what was rejected and why) or the message is wrong as a whole, and 5xx where the message must be sent again.',
    permission: 'public',
    presentedKey: ({ params }) => params['key'],
    textBody: true,
    tolerant: true,
    refusal: webhookRefusal,
    maxBodyBytes: MAX_MESSAGE_BYTES,
    success: {
      status: 200,
      description: 'What became of each event of the message',
      body: z.object({
        events: z.readonly(
          z.array(
            z.object({
              action: z.enum(['trigger', 'acknowledge', 'resolve', 'ignore', 'reject']),
              dedupKey: z.nullable(z.string()),
              eventId: z.nullable(z.string()),
              why: z.nullable(z.string()),
            }),
          ),
        ),
      }),
      example: { events: [{ action: 'trigger', dedupKey: 'checkout-500', eventId: EXAMPLE_EVENT_ID, why: null }] },
    },
    problems: {
      400: ['event.rejected', 'message.malformed', 'message.too_many_events'],
      401: ['key.unknown'],
      403: ['key.forbidden', 'sns.topic', 'sns.signature'],
      429: ['integration.throttled'],
      503: ['store.unavailable', 'key.unavailable', 'sns.unavailable'],
    },
    throttle: { requestsPerSecond: 1000, burst: 5000 },
  },
});
