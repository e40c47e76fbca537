import { parameter, replaceParameter, type Parameters } from '../../../shared/aws/parameters.ts';
import type { ChainEnd } from './checkpoint.ts';
import type { ChainEndStore } from './add-checkpoints.ts';

/** The end of the chain in a parameter: a caller that can write the table alone cannot shorten the chain unnoticed. */
export const chainEnd = (of: Parameters, name: string): ChainEndStore => ({
  read: async () => {
    const text = await parameter(of.ssm, name);
    return text === undefined ? undefined : (JSON.parse(text) as ChainEnd);
  },
  write: ({ number, to, hash }) => replaceParameter(of, name, JSON.stringify({ number, to, hash })),
});
