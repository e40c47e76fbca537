/** The routes of the gateway that need a known caller, each a `GatewayRoute` (policy.ts), put in when the function is bundled. */
declare module 'tocsin:routes' {
  export const ROUTES: readonly unknown[];
}
