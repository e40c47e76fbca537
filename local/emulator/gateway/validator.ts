import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { Api, ApiMethod } from './api.ts';
import { Refusal } from './refusal.ts';
import { header, parameter, type GatewayRequest } from './request.ts';
import type { Route } from './router.ts';

/**
 * Request validators. Required parameters must be there; a body must be JSON that fits the model of its content type,
 * and a body of a content type without a model passes, as it does on API Gateway. Throws a `Refusal`.
 */
export function createValidator(api: Api): (route: Route, request: GatewayRequest) => void {
  const validators = new Map<string, ValidateFunction>();
  const ajv = draft04();
  for (const model of Object.values(api.models)) ajv.addSchema(model.schema as object, modelUrl(api, model.name));

  const validatorOf = (model: string): ValidateFunction | undefined => {
    let found = validators.get(model);
    if (!found && api.models[model]) {
      found = ajv.getSchema(modelUrl(api, model)) as ValidateFunction;
      validators.set(model, found);
    }
    return found;
  };

  return (route, request) => {
    const { method } = route;
    if (method.validateParameters) {
      const missing = method.requiredParameters.filter(
        (source) => !parameter(source, request, route.pathParameters, api),
      );
      if (missing.length > 0) {
        const names = missing.map((source) => source.split('.').slice(3).join('.'));
        const text = `Missing required request parameters: [${names.join(', ')}]`;
        throw new Refusal('BAD_REQUEST_PARAMETERS', text, text);
      }
    }
    if (!method.validateBody) return;
    const validate = validatorOf(modelName(method, header(request, 'content-type')));
    if (!validate) return;
    let body: unknown;
    try {
      body = JSON.parse(request.body.toString('utf8'));
    } catch {
      throw new Refusal('BAD_REQUEST_BODY', undefined, '[Invalid JSON]');
    }
    if (!validate(body)) {
      throw new Refusal('BAD_REQUEST_BODY', undefined, `[${(validate.errors ?? []).map(describe).join(', ')}]`);
    }
  };
}

function draft04(): Ajv {
  // Both packages are CommonJS with a default export, which TypeScript and Node see differently.
  const Draft04 = AjvDraft04 as unknown as typeof Ajv;
  const ajv = new Draft04({ strict: false, allErrors: true, validateFormats: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv;
}

function modelUrl(api: Api, name: string): string {
  return `https://apigateway.amazonaws.com/restapis/${api.id}/models/${name}`;
}

function modelName(method: ApiMethod, contentType: string | undefined): string {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'application/json';
  return method.requestModels[type] ?? method.requestModels['$default'] ?? '';
}

function describe(error: ErrorObject): string {
  if (error.keyword === 'required') {
    return `object has missing required properties (["${error.params['missingProperty']}"])`;
  }
  if (error.keyword === 'additionalProperties') {
    return `object instance has properties which are not allowed by the schema: ["${error.params['additionalProperty']}"]`;
  }
  const where = error.instancePath === '' ? '' : `${error.instancePath} `;
  return `${where}${error.message ?? 'is not valid'}`;
}
