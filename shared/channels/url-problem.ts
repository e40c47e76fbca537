import { checkHost, isAddressIn, type Ranges } from '../http/address.ts';

/**
 * Why a URL that somebody gives is none to post to; undefined where it is one. Plain http is taken only for a host that is an
 * address in the `allowed` ranges. Names are judged again when they are looked up.
 */
export const urlProblem = (text: string, allowed: Ranges): string | undefined => {
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isAddressIn(url.hostname, allowed))) {
    return 'must begin with https://';
  }
  if (url.username !== '' || url.password !== '') return 'must carry no user name and no password';
  if (url.hash !== '') return 'must carry no fragment';
  try {
    checkHost(url.hostname, allowed);
    return undefined;
  } catch {
    return 'must be a host that the internet reaches';
  }
};
