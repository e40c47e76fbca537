import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../kernel/clock.ts';

/** What the paging secret holds: made with the stack, but for what an operator puts in. */
export interface PagingSecret {
  /** Of links and of webhooks' secrets; sixty-four characters by chance. */
  readonly key: string;
  readonly slackBotToken: string;
  readonly slackSigningSecret: string;
}

const FRESH_MS = 300_000;

/** Reads the secret, and believes what was read for five minutes, or for as long as it cannot be read again. */
export const pagingSecret = (
  { clock, secrets }: { readonly clock: Clock; readonly secrets: Pick<SecretsManagerClient, 'send'> },
  secretArn: string,
): (() => Promise<PagingSecret>) => {
  let known: { readonly at: number; readonly secret: PagingSecret } | undefined;
  return async () => {
    const at = clock.now().getTime();
    if (known && at - known.at < FRESH_MS) return known.secret;
    try {
      const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
      known = { at, secret: JSON.parse(SecretString) as PagingSecret };
      return known.secret;
    } catch (error) {
      if (!known) throw error;
      return known.secret;
    }
  };
};
