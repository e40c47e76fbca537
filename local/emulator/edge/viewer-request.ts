import { createContext, Script } from 'node:vm';
import type { Assembly } from '../types.ts';

/** The path of a request after the function that CloudFront runs for it. */
export type Rewrite = (uri: string) => string;

/** Runs functions of CloudFront on viewer requests, as far as they change the path. */
export const viewerRequests = (assembly: Assembly) => {
  const functions = new Map(
    assembly.byType('AWS::CloudFront::Function').map(({ arn, properties }) => {
      const context = createContext({});
      new Script(String(properties['FunctionCode'])).runInContext(context);
      const call = new Script('JSON.stringify(handler(JSON.parse(event)))');
      const rewrite: Rewrite = (uri) => {
        context['event'] = JSON.stringify({
          version: '1.0',
          viewer: { ip: '127.0.0.1' },
          request: { method: 'GET', uri, querystring: {}, headers: {}, cookies: {} },
        });
        return (JSON.parse(String(call.runInContext(context))) as { readonly uri: string }).uri;
      };
      return [arn, rewrite] as const;
    }),
  );
  return (associations: readonly Record<string, unknown>[] = []): Rewrite => {
    const found = associations.find(({ EventType }) => EventType === 'viewer-request');
    return functions.get(String(found?.['FunctionARN'])) ?? ((uri) => uri);
  };
};
