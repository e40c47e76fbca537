/**
 * Every route of the gateway that takes somebody known, put in when the function is bundled; `GatewayRoute` in policy.ts
 * says what is what.
 */
declare module 'tocsin:routes' {
  export const ROUTES: readonly (readonly [
    method: string,
    path: string,
    permission: string,
    whileRestricted: boolean,
    narrower?: string,
  ])[];
}
