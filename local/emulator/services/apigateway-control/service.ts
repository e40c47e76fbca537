import { UsageKeyError, type NewUsageKey, type UsageKey, type UsageKeys, type UsagePlan } from '../../gateway/usage.ts';
import { AwsError } from '../core/aws-error.ts';
import type { RestApi, RestRequest } from '../dispatch.ts';

interface Answer {
  readonly status: number;
  readonly body: object | undefined;
}

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  readonly run: (keys: UsageKeys, ids: readonly string[], request: RestRequest) => Answer;
}

/**
 * The part of API Gateway's control plane that looks after keys and usage plans, in its REST protocol. Everything is
 * kept by `UsageKeys`, which the data plane reads. https://docs.aws.amazon.com/apigateway/latest/api/
 */
export function createApiGatewayControl(keys: UsageKeys): RestApi {
  const match = (method: string, path: string) => {
    for (const operation of OPERATIONS) {
      const found = operation.method === method ? operation.path.exec(path) : null;
      if (found) return { operation, ids: found.slice(1).map(decodeURIComponent) };
    }
    return undefined;
  };
  return {
    operationOf: (method, path) => match(method, path)?.operation.name,
    handle(name, request) {
      const found = OPERATIONS.find((operation) => operation.name === name);
      if (!found) throw new AwsError('NotFoundException', `There is no ${name}`, 404);
      try {
        return found.run(keys, found.path.exec(request.path)?.slice(1).map(decodeURIComponent) ?? [], request);
      } catch (error) {
        if (error instanceof UsageKeyError) throw new AwsError(error.code, error.message, STATUS[error.code]);
        throw error;
      }
    },
  };
}

const STATUS = { NotFoundException: 404, ConflictException: 409, BadRequestException: 400 } as const;

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

const keyView = (key: UsageKey, withValue: boolean) => ({
  id: key.id,
  name: key.name,
  description: key.description,
  customerId: key.customerId,
  enabled: key.enabled,
  createdDate: seconds(key.createdAt),
  lastUpdatedDate: seconds(key.updatedAt),
  tags: key.tags,
  ...(withValue && { value: key.value }),
});

const planView = (plan: UsagePlan) => ({
  id: plan.id,
  name: plan.name,
  description: plan.description,
  apiStages: plan.stages.map(({ apiId, stage }) => ({ apiId, stage })),
  throttle: plan.throttle,
  quota: plan.quota,
});

const memberView = ({ id, name, value }: UsageKey) => ({ id, name, type: 'API_KEY', value });

const ok = (body: object): Answer => ({ status: 200, body });
const created = (body: object): Answer => ({ status: 201, body });
const accepted: Answer = { status: 202, body: undefined };

interface Patch {
  readonly op: string;
  readonly path: string;
  readonly value?: string;
}

const OPERATIONS: readonly Operation[] = [
  {
    name: 'CreateApiKey',
    method: 'POST',
    path: /^\/apikeys$/,
    run: (keys, _, { body }) => created(keyView(keys.createKey(body as NewUsageKey), true)),
  },
  {
    name: 'GetApiKeys',
    method: 'GET',
    path: /^\/apikeys$/,
    run: (keys, _, { query }) => {
      const nameQuery = query.get('name') ?? undefined;
      const withValue = query.get('includeValues') === 'true';
      const position = Number(query.get('position') ?? 0);
      const limit = Number(query.get('limit') ?? 25);
      const all = keys.listKeys(nameQuery === undefined ? {} : { nameQuery });
      const next = position + limit;
      return ok({
        item: all.slice(position, next).map((key) => keyView(key, withValue)),
        ...(next < all.length && { position: String(next) }),
      });
    },
  },
  {
    name: 'GetApiKey',
    method: 'GET',
    path: /^\/apikeys\/([^/]+)$/,
    run: (keys, [id = ''], { query }) => ok(keyView(keys.getKey(id), query.get('includeValue') === 'true')),
  },
  {
    name: 'UpdateApiKey',
    method: 'PATCH',
    path: /^\/apikeys\/([^/]+)$/,
    run: (keys, [id = ''], { body }) => {
      const patches = (body['patchOperations'] ?? []) as readonly Patch[];
      const change = Object.fromEntries(
        patches.map(({ path, value }) => {
          const field = path.slice(1);
          if (!['name', 'description', 'customerId', 'enabled'].includes(field)) {
            throw new AwsError('BadRequestException', `Invalid patch path ${path}`, 400);
          }
          return [field, field === 'enabled' ? value === 'true' : value];
        }),
      );
      return ok(keyView(keys.updateKey(id, change), false));
    },
  },
  {
    name: 'DeleteApiKey',
    method: 'DELETE',
    path: /^\/apikeys\/([^/]+)$/,
    run: (keys, [id = '']) => {
      keys.deleteKey(id);
      return accepted;
    },
  },
  {
    name: 'GetUsagePlans',
    method: 'GET',
    path: /^\/usageplans$/,
    run: (keys) => ok({ item: keys.listPlans().map(planView) }),
  },
  {
    name: 'GetUsagePlan',
    method: 'GET',
    path: /^\/usageplans\/([^/]+)$/,
    run: (keys, [id = '']) => ok(planView(keys.getPlan(id))),
  },
  {
    name: 'CreateUsagePlanKey',
    method: 'POST',
    path: /^\/usageplans\/([^/]+)\/keys$/,
    run: (keys, [planId = ''], { body }) => created(memberView(keys.addToPlan(planId, String(body['keyId'] ?? '')))),
  },
  {
    name: 'GetUsagePlanKeys',
    method: 'GET',
    path: /^\/usageplans\/([^/]+)\/keys$/,
    run: (keys, [planId = '']) => ok({ item: keys.listPlanKeys(planId).map(memberView) }),
  },
  {
    name: 'GetUsagePlanKey',
    method: 'GET',
    path: /^\/usageplans\/([^/]+)\/keys\/([^/]+)$/,
    run: (keys, [planId = '', keyId = '']) => {
      const member = keys.listPlanKeys(planId).find(({ id }) => id === keyId);
      if (!member) throw new AwsError('NotFoundException', 'Invalid Usage Plan Key identifier specified', 404);
      return ok(memberView(member));
    },
  },
  {
    name: 'DeleteUsagePlanKey',
    method: 'DELETE',
    path: /^\/usageplans\/([^/]+)\/keys\/([^/]+)$/,
    run: (keys, [planId = '', keyId = '']) => {
      keys.removeFromPlan(planId, keyId);
      return accepted;
    },
  },
];
