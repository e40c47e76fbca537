import { basicSecret } from '../../shared/kernel/basic-credentials.ts';

/** The key in `Authorization`, as bearer or by basic authentication; undefined where there is none. */
export const presentedKey = (authorization = ''): string | undefined =>
  /^bearer (\S+)$/i.exec(authorization.trim())?.[1] ?? basicSecret(authorization.trim());
