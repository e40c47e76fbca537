/**
 * The key that a client presents in `Authorization`: the token of `Bearer`, or the password of `Basic`, whatever the user
 * is called; a user without a password counts as the key. Undefined where there is none.
 */
export const presentedKey = (authorization: string | undefined): string | undefined => {
  const [, scheme = '', credentials = ''] = /^\s*(\S+)\s+(\S+)\s*$/.exec(authorization ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic': {
      const [, user = '', password = ''] =
        /^([^:]*):?(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
      return password || user || undefined;
    }
    default:
      return undefined;
  }
};
