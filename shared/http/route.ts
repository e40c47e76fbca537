import type { $ZodType, output } from 'zod/v4/core';
import type { Permission } from '../kernel/permission.ts';
import type { Caller, Origin } from '../kernel/caller.ts';
import type { PathParam } from './path.ts';
import type { ProblemDocument } from './problem.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler may answer instead of a bare body: further headers, or a body that is not JSON. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes are sent as they are; anything else as JSON; undefined sends no body. */
  readonly body?: unknown;
}

/** How a compatible surface tells a refusal: in its vendor's shape, from our problem document. */
export type RefusalShape = (problem: ProblemDocument) => Reply;

/**
 * One operation of the HTTP surface, as data. The gateway, the authorizer, the OpenAPI document and the tests read it;
 * the handler is bound to it by its key in the table of routes.
 */
export interface Route {
  readonly method: Method;
  /** Path from the root of the host, with `{name}` for a path parameter. */
  readonly path: `/${string}`;
  /**
   * The root of a vendor's surface, such as `/api/v2`. The gateway has one greedy resource below it, and the function finds
   * the route. All routes of a method below one root are served by one function, and are all public or none.
   */
  readonly vendorRoot?: `/${string}`;
  /** One line, imperative: what the route does. */
  readonly summary: string;
  readonly description?: string;
  /** `public`: anybody may call. `any`: every authenticated caller may. Otherwise the permission that a caller needs. */
  readonly permission: 'public' | 'any' | Permission;
  /** A permission that opens this route and few others to callers without `permission`. */
  readonly narrower?: Permission;
  /**
   * The key that the request presents to a public route. The function asks who holds it before it parses anything of the
   * request, so a stranger learns nothing from a body and costs no parsing.
   */
  readonly presentedKey?: (request: KeyedRequest) => string | undefined;
  /** May be called while the first password must still be changed. */
  readonly whileRestricted?: true;
  /** One for each name in braces of the path. */
  readonly params?: Readonly<Record<string, PathParam>>;
  readonly query?: $ZodType;
  readonly body?: $ZodType;
  /** The body may be left out; the schema must then accept `{}`. */
  readonly bodyOptional?: true;
  /**
   * The body is text of any type, and reaches the handler as it is; it may be left out. `cut`: what is beyond the largest
   * body is left out rather than refused, and bytes that are not UTF-8 become U+FFFD.
   */
  readonly textBody?: true | 'cut';
  /**
   * The body reaches the handler as bytes, which parses them itself: in JSON as `body` describes it, or in one of these
   * media types, which the gateway passes on as they are. Others are refused.
   */
  readonly bytesBody?: readonly string[];
  /** Largest body in bytes; 256 KB where nothing is said. */
  readonly maxBodyBytes?: number;
  /** A compatible surface: content type, duplicate keys and unknown fields are not held against the client. */
  readonly tolerant?: true;
  readonly refusal?: RefusalShape;
  /** How a request of one of these media types is refused, where that is no problem document. */
  readonly refusalByMediaType?: Readonly<Record<string, RefusalShape>>;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204 | 303 | 304;
    readonly description: string;
    readonly body?: $ZodType;
    readonly example?: unknown;
    /** `application/json` where nothing is said. */
    readonly contentType?: string;
  };
  /** Answers that are no refusals either, with a status of their own. */
  readonly alsoAnswers?: readonly {
    readonly status: 200 | 201 | 202 | 204 | 303 | 304;
    readonly description: string;
    readonly body?: $ZodType;
    readonly example?: unknown;
  }[];
  /** An example request body, valid under `body`. */
  readonly example?: unknown;
  /** Refusals beyond those every route has: status to the codes that it may carry. */
  readonly problems?: Readonly<Record<number, readonly string[]>>;
  /** Throttle of the method at the gateway, all callers together; for public routes. */
  readonly throttle?: { readonly requestsPerSecond: number; readonly burst: number };
}

/** What a route may read a key from. */
export interface KeyedRequest {
  readonly params: Readonly<Record<string, string>>;
  /** Header by lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/** Answers who holds a presented key, or refuses it. */
export type KeyHolders = (presented: string | undefined) => Promise<Caller>;

export type Routes = Readonly<Record<string, Route>>;

/** The names in braces of a path, `{id}` giving `id`. */
type ParamNames<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamNames<Rest> : never;

type Parsed<S, Otherwise> = S extends $ZodType ? output<S> : Otherwise;

type HolderOf<R extends Route> = R extends { readonly presentedKey: unknown } ? Caller : undefined;

/** A request as a handler sees it: parsed, checked and authorised. */
export interface RequestOf<R extends Route> {
  readonly params: Readonly<Record<ParamNames<R['path']>, string>>;
  readonly query: Parsed<R['query'], Readonly<Record<string, never>>>;
  readonly body: Parsed<R['body'], undefined>;
  /** What a route with `textBody` was sent; empty otherwise. */
  readonly text: string;
  /** What a route with `bytesBody` was sent; empty otherwise. */
  readonly bytes: Uint8Array;
  readonly caller: R['permission'] extends 'public' ? HolderOf<R> : Caller;
  readonly origin: Origin;
  /** As it was asked for, perhaps with a slash at its end. */
  readonly path: string;
  /** Header by lower-case name. */
  readonly header: (name: string) => string | undefined;
}

type BodyOf<R extends Route> = Parsed<R['success']['body'], unknown>;

/** The handler of a route: answers the body of the success, or a whole reply. */
export type Handler<R extends Route> = (request: RequestOf<R>) => Promise<BodyOf<R> | ReplyWithMark | void>;

/** Routes that read a key need somebody who knows the keys. */
export type KeyHoldersOf<R extends Routes> = [Extract<R[keyof R], { readonly presentedKey: unknown }>] extends [never]
  ? []
  : [holders: KeyHolders];

/** One handler for each route; a missing one does not compile. */
export type Handlers<R extends Routes> = { readonly [K in keyof R]: Handler<R[K]> };

const replyMark = Symbol('reply');

export type ReplyWithMark = Reply & { readonly [replyMark]: true };

/** Answer with headers or a status of one's own rather than with the route's success. */
export const reply = (of: Reply): ReplyWithMark => ({ ...of, [replyMark]: true });

export const isReply = (value: unknown): value is ReplyWithMark =>
  typeof value === 'object' && value !== null && replyMark in value;

/** A route whose path has parameters says what each of them may be. */
type WithParams<R extends Routes> = {
  readonly [K in keyof R]: [ParamNames<R[K]['path']>] extends [never]
    ? unknown
    : { readonly params: Readonly<Record<ParamNames<R[K]['path']>, PathParam>> };
};

/** Keeps the literal types of a table of routes, so that handlers are typed by path, query and body. */
export const defineRoutes = <const R extends Routes>(routes: R & WithParams<R>): R => routes;
