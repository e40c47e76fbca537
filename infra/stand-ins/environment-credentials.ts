import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Takes the place of the SDK's default chain of credential providers in the bundles: Lambda always has its credentials in
 * the environment, so files, single sign-on and metadata services need not be shipped, loaded or tried.
 */
export const defaultProvider = fromEnv;
