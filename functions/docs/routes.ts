import { defineRoutes } from '../../shared/http/route.ts';

export const routes = defineRoutes({
  getOpenApi: {
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'Get this contract as an OpenAPI 3.0 document',
    permission: 'public',
    success: { status: 200, description: 'The OpenAPI 3.0 document', example: { openapi: '3.0.3' } },
    throttle: { requestsPerSecond: 20, burst: 40 },
  },
});
