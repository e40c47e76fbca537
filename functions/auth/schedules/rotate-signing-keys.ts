import { logger } from '../../../shared/aws/observe.ts';
import { rotationDeps } from '../deps.ts';
import { rotateSigningKeys } from '../tokens/rotate-signing-keys.ts';

/** Each day: the signing keys, when they are due. Invoked by hand with `{"force": true}` it turns them now. */
export const handler = async (event: { readonly force?: unknown } | null): Promise<void> => {
  const { added, retired } = await rotateSigningKeys(rotationDeps(), { force: event?.force === true });
  if (added || retired.length > 0) logger.info('signing keys turned', { added, retired });
};
