import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';

export const routes = defineRoutes({
  reviewIncident: {
    method: 'GET',
    path: '/api/monitoring/incidents/{id}/review',
    params: { id: pathId('inc', 'incident') },
    summary: 'Get the review document of an incident in Markdown',
    description:
      'Contains facts and durations, people, pinned entries, alerts, the timeline, tasks and action items, also of incidents that ' +
      'were merged into it. Times are UTC.',
    permission: 'monitoring.read',
    narrower: 'monitoring.incident.read',
    success: {
      status: 200,
      description: 'The document',
      contentType: 'text/markdown; charset=utf-8',
      example: '# Checkout answers 500\n\n| | |\n| --- | --- |\n| Severity | SEV2 |\n',
    },
    problems: { 404: ['incident.not_found'] },
  },
});
