import type { ApiMethod } from './api.ts';

export interface Route {
  readonly method: ApiMethod;
  /** Values as the client sent them, percent-encoding kept, as a REST API passes them on. */
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

/** Finds the method for a request line; undefined for a path or a method that the API does not have. */
export type Router = (httpMethod: string, path: string) => Route | undefined;

interface Node {
  readonly fixed: Map<string, Node>;
  parameter: { readonly name: string; readonly node: Node } | undefined;
  greedy: { readonly name: string; readonly node: Node } | undefined;
  readonly methods: Map<string, ApiMethod>;
}

/** At every segment a fixed part wins over `{id}`, and that over `{proxy+}`. A greedy part takes one segment or more. */
export function createRouter(methods: readonly ApiMethod[]): Router {
  const root = emptyNode();
  for (const method of methods) {
    let node = root;
    for (const part of segments(method.resourcePath)) {
      const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
      const parameter = /^\{(.+)\}$/.exec(part)?.[1];
      if (greedy !== undefined) {
        node.greedy ??= { name: greedy, node: emptyNode() };
        node = node.greedy.node;
      } else if (parameter !== undefined) {
        node.parameter ??= { name: parameter, node: emptyNode() };
        node = node.parameter.node;
      } else {
        let next = node.fixed.get(part);
        if (!next) node.fixed.set(part, (next = emptyNode()));
        node = next;
      }
    }
    node.methods.set(method.httpMethod, method);
  }
  return (httpMethod, path) => {
    const parameters: Record<string, string> = {};
    const node = find(root, segments(path), 0, parameters);
    const method = node?.methods.get(httpMethod) ?? node?.methods.get('ANY');
    if (!method) return undefined;
    return { method, pathParameters: Object.keys(parameters).length > 0 ? parameters : null };
  };
}

function find(node: Node, parts: readonly string[], at: number, parameters: Record<string, string>): Node | undefined {
  if (at === parts.length) return node.methods.size > 0 ? node : undefined;
  const part = parts[at] as string;
  const fixed = node.fixed.get(part);
  const viaFixed = fixed && find(fixed, parts, at + 1, parameters);
  if (viaFixed) return viaFixed;
  if (node.parameter && part !== '') {
    const found = find(node.parameter.node, parts, at + 1, parameters);
    if (found) {
      parameters[node.parameter.name] = part;
      return found;
    }
  }
  if (node.greedy) {
    parameters[node.greedy.name] = parts.slice(at).join('/');
    return node.greedy.node;
  }
  return undefined;
}

// A trailing slash makes no difference to a REST API.
function segments(path: string): string[] {
  let [from, to] = [0, path.length];
  while (path[from] === '/') from++;
  while (to > from && path[to - 1] === '/') to--;
  const trimmed = path.slice(from, to);
  return trimmed === '' ? [] : trimmed.split('/');
}

function emptyNode(): Node {
  return { fixed: new Map(), parameter: undefined, greedy: undefined, methods: new Map() };
}
