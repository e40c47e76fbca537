import { bundleFunctions } from '../../infra/bundle.ts';
import { madeOnce, type Made } from './made-once.ts';

/** The bundles of all functions, for every assembly of a run of tests. */
export const madeBundles = (): Promise<Made> => madeOnce('bundles', (directory) => void bundleFunctions(directory));
