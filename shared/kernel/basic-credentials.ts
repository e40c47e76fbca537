/**
 * The secret in an `Authorization` header of basic authentication (RFC 7617): the password of any user name, or the user name where
 * the password is empty. Undefined for another scheme and for credentials without a colon.
 */
export const basicSecret = (authorization: string): string | undefined => {
  const encoded = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  return text.slice(colon + 1) || text.slice(0, colon) || undefined;
};
