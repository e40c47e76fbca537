import { logger } from '../../../shared/aws/observe.ts';
import { rotationDeps } from '../deps.ts';
import { rotateKeys, type RotateDeps } from '../tokens/rotate-keys.ts';

/** Each day: rotates the signing keys when they are due. Invoked by hand with `{"force": true}` it rotates them now. */
export const rotation = (deps: () => RotateDeps) => async (event: { readonly force?: unknown } | null) => {
  const { added, retired } = await rotateKeys(deps(), { force: event?.force === true });
  if (added || retired.length > 0) logger.info('signing keys rotated', { added, retired });
};

export const handler = rotation(rotationDeps);
