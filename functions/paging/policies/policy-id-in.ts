import { invalid } from '../../../shared/kernel/errors.ts';
import { PolicyId } from './policy.ts';

/** The id of a policy in a path; refuses what could be none. */
export const policyIdIn = (text: string): string => {
  const parsed = PolicyId.safeParse(text);
  if (parsed.success) return parsed.data;
  throw invalid('policy.id', 'An id of a policy is lower-case letters, digits, hyphens and underscores, at most 63.', {
    errors: [
      { pointer: 'path/id', detail: 'must be lower-case letters, digits, hyphens and underscores, such as `default`' },
    ],
  });
};
