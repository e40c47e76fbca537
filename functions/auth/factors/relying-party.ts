/** The site that passkeys belong to: WebAuthn Level 3 section 4, relying party identifier. */
export interface RelyingParty {
  /** The host, which an authenticator binds a passkey to. */
  readonly id: string;
  /** The one origin from which an answer of a browser counts. */
  readonly origin: string;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]']);

/**
 * The relying party of an installation: the host of its public address, which the stage states and no request can choose. An IP address cannot be one
 * (WebAuthn section 5.1.3), so a run on this machine is `localhost`, however its console was opened.
 */
export const relyingParty = (publicUrl: string): RelyingParty => {
  const url = new URL(publicUrl);
  if (LOOPBACK.has(url.hostname)) url.hostname = 'localhost';
  return { id: url.hostname, origin: url.origin };
};
