/**
 * Stands in for the X.509 of authenticators, which `@simplewebauthn/server` reads to check who made one. Tocsin asks for no attestation. An
 * answer with a certificate all the same is refused.
 */
const unused = (): never => {
  throw new Error('Certificates of authenticators are not read here');
};

export {
  unused as AuthorityKeyIdentifierExtension,
  unused as CRLDistributionPointsExtension,
  unused as SubjectKeyIdentifierExtension,
  unused as X509Certificate,
  unused as X509ChainBuilder,
  unused as X509Crl,
};
