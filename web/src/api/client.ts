import createClient from 'openapi-fetch';
import type { components, paths } from '../../generated/api.ts';
import { session } from '../session/session.ts';
import { requestKeys } from './request-keys.ts';
import { Refusal } from './refusal.ts';

const withKey = requestKeys((ms) => new Promise((resolve) => setTimeout(resolve, ms)));

export type Schemas = components['schemas'];

/** The API by its contract: a path, a parameter or a field that the contract does not have does not compile. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => withKey(request, (keyed) => session.fetch(keyed)),
});

interface Answered<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of a successful answer. Throws `Refusal` where the backend refuses, and `Unreachable` where it does not answer. */
export const bodyOf = async <T>(call: Promise<Answered<T>>): Promise<T> => {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  throw new Refusal(response.status, error as Schemas['Problem'], response.headers.get('retry-after'));
};
