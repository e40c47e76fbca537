/*
 * Takes the place of `@aws-sdk/middleware-endpoint-discovery` in the bundles. DynamoDB's clients carry it for a feature
 * that is off unless it is configured, and it never is.
 */

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
};

export const resolveEndpointDiscoveryConfig = <T extends object>(input: T): T =>
  Object.assign(input, { endpointDiscoveryEnabled: async () => false, isClientEndpointDiscoveryEnabled: false });
