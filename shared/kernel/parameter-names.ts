/**
 * The parameters of Systems Manager that hold the secret values of a stage, one for each set of readers. Their names follow from the stage, so
 * that a stage which is deployed again finds the values of its earlier life.
 */
export const parameterNames = (stage: string) => {
  const path = `/tocsin/${stage}`;
  return {
    path,
    /** User name and password of the first administrator, as JSON. */
    firstLogin: `${path}/first-login`,
    /** What links and webhooks are signed by: sixty-four characters. */
    links: `${path}/links`,
    /** The tokens of Slack, as JSON. An operator writes them. */
    slack: `${path}/slack`,
    /** The path of the keys that CloudFront shows to the API, each a parameter of its own with its number. */
    edgeKeys: `${path}/edge-key`,
    /** The path of the keys that seal stored secrets, each a parameter of its own with its number. */
    dataKeys: `${path}/data-key`,
    /** The path of the private keys that sign checkpoints of the audit trail, each a parameter of its own with its number. */
    auditKeys: `${path}/audit-key`,
    /** The path of their public keys, with the same numbers. */
    auditPublicKeys: `${path}/audit-public-key`,
    /** Where the chain of the audit trail ends, as JSON. */
    auditEnd: `${path}/audit-end`,
    /** The path of the private keys that sign access tokens, each a parameter of its own. */
    signingKeys: `${path}/signing-keys`,
  } as const;
};
