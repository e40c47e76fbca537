import type { $ZodType, output } from 'zod/v4/core';
import type { Permission } from '../kernel/permission.ts';
import type { Caller, Origin } from '../kernel/caller.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { PathParam } from './path.ts';
import type { ProblemDocument } from './problem.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** An answer with more than a JSON body: headers, another status, or another media type. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes are sent as they are; anything else as JSON; undefined sends no body. */
  readonly body?: unknown;
}

/** Turns a problem document into the refusal of a vendor's API. */
export type RefusalShape = (problem: ProblemDocument) => Reply;

/**
 * One operation of the HTTP surface, as data. The gateway, the authorizer, the OpenAPI document and the tests read it. Its key in
 * the table of routes binds its handler.
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
  /**
   * The parameter that may have slashes in it, in a surface of a vendor: it takes all segments that the rest of the path leaves.
   * Clients send an identifier such as `k/1` as two segments.
   */
  readonly greedy?: string;
  /** One line, imperative: what the route does. */
  readonly summary: string;
  readonly description?: string;
  /** `public`: anybody may call. `any`: every authenticated caller may. Otherwise the permission that a caller needs. */
  readonly permission: 'public' | 'any' | Permission;
  /** A permission that opens this route and few others to callers without `permission`. */
  readonly narrower?: Permission;
  /**
   * The key that the request presents to a public route. The function identifies its holder before it parses the request, so an
   * unknown caller learns nothing and costs no parsing.
   */
  readonly presentedKey?: (request: KeyedRequest) => string | undefined;
  /** The body of a public route has the key, so the verb itself identifies the holder. */
  readonly keyInBody?: true;
  /** Allowed while the caller must still change the first password. */
  readonly whileRestricted?: true;
  /**
   * A person must have proved within fifteen minutes who they are: by the login, or by POST /api/auth/proof. `two-factor`: only people who
   * have a second factor must. Machines need no proof. A deletion of configuration needs one without saying so: `proofOf`.
   */
  readonly proof?: 'always' | 'two-factor';
  /** The path parameters, by their names in braces. */
  readonly params?: Readonly<Record<string, PathParam>>;
  /** Begins, renews or ends a session. What it answers is not stored, so it takes no `Idempotency-Key`. */
  readonly session?: true;
  /** The success contains a secret that is shown once. */
  readonly answersSecret?: true;
  /** A repeat with the same `Idempotency-Key` finds what the first request did, also where no record of that request was stored. */
  readonly findsItsEffect?: true;
  readonly query?: $ZodType;
  readonly body?: $ZodType;
  /** The body is optional. The schema must then accept `{}`. */
  readonly bodyOptional?: true;
  /**
   * The body is optional text of any media type, and reaches the handler unparsed. `cut`: a body that is too large is cut
   * instead of refused, and bytes that are not UTF-8 become U+FFFD.
   */
  readonly textBody?: true | 'cut';
  /**
   * The handler gets the body as bytes and parses them itself: JSON as `body` describes it, or one of these media types, which
   * the gateway does not change. Other media types are refused.
   */
  readonly bytesBody?: readonly string[];
  /** Largest body in bytes; 256 KB by default. */
  readonly maxBodyBytes?: number;
  /** A compatible surface: accepts any content type, duplicate keys and unknown fields. */
  readonly tolerant?: true;
  readonly refusal?: RefusalShape;
  /** The refusals of requests of these media types, in place of problem documents. */
  readonly refusalByMediaType?: Readonly<Record<string, RefusalShape>>;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204 | 303 | 304;
    readonly description: string;
    readonly body?: $ZodType;
    readonly example?: unknown;
    /** `application/json` by default. */
    readonly contentType?: string;
    /** The media types that the same answer may have instead, as text with an example or as bytes. */
    readonly otherTypes?: Readonly<Record<string, { readonly example: string } | 'bytes'>>;
  };
  /** Further successful answers, each with its own status. */
  readonly alsoAnswers?: readonly {
    readonly status: 200 | 201 | 202 | 204 | 303 | 304;
    readonly description: string;
    readonly body?: $ZodType;
    readonly example?: unknown;
  }[];
  /** An example request body, valid under `body`. */
  readonly example?: unknown;
  /** Refusals beyond those that every route has: the codes of each status. */
  readonly problems?: Readonly<Record<number, readonly string[]>>;
  /** Throttle of a public route at the gateway, for all callers together. */
  readonly throttle?: { readonly requestsPerSecond: number; readonly burst: number };
}

/** The parts of a request that may contain a key. */
export interface KeyedRequest {
  readonly params: Readonly<Record<string, string>>;
  /** Header by lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/** Identifies the holder of a presented key, or refuses it. */
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
  /** The body of a route with `textBody`; empty otherwise. */
  readonly text: string;
  /** The body of a route with `bytesBody`; empty otherwise. */
  readonly bytes: Uint8Array;
  readonly caller: R['permission'] extends 'public' ? HolderOf<R> : Caller;
  readonly origin: Origin;
  /** As the client sent it, perhaps with a trailing slash. */
  readonly path: string;
  /** The public address of the installation, with a slash at its end, as the stage of the gateway states it. */
  readonly publicUrl: string;
  /** Header by lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** The same for each repeat of a request that has an `Idempotency-Key`; undefined for others. */
  readonly requestKey: string | undefined;
}

type BodyOf<R extends Route> = Parsed<R['success']['body'], unknown>;

/** The handler of a route. It returns the body of the success, or a whole reply. */
export type Handler<R extends Route> = (request: RequestOf<R>) => Promise<BodyOf<R> | ReplyWithMark | void>;

/** What a table of routes needs besides its handlers. */
export interface Means {
  /** Where routes have a presented key. */
  readonly holders?: KeyHolders;
  /** Where routes take an `Idempotency-Key`. Made at the first request that has one. */
  readonly keys?: () => IdempotencyKeys;
}

type NeedsHolders<R extends Routes> = [Extract<R[keyof R], { readonly presentedKey: unknown }>] extends [never]
  ? unknown
  : { readonly holders: KeyHolders };

/** The routes by which `takesKey` is true. */
type Keyed<R extends Route> = Exclude<
  Extract<R, { readonly method: 'POST' }>,
  { readonly permission: 'public' } | { readonly tolerant: true } | { readonly session: true }
>;

type NeedsKeys<R extends Routes> = [Keyed<R[keyof R]>] extends [never]
  ? unknown
  : { readonly keys: () => IdempotencyKeys };

/** Routes with a presented key need a `KeyHolders`, and those that take an `Idempotency-Key` a place for its records. */
export type MeansOf<R extends Routes> = [unknown] extends [NeedsHolders<R> & NeedsKeys<R>]
  ? [means?: Means]
  : [means: Means & NeedsHolders<R> & NeedsKeys<R>];

/** One handler for each route; a missing one does not compile. */
export type Handlers<R extends Routes> = { readonly [K in keyof R]: Handler<R[K]> };

const replyMark = Symbol('reply');

export type ReplyWithMark = Reply & { readonly [replyMark]: true };

/** Answers with other headers or another status than the route's success. */
export const reply = (of: Reply): ReplyWithMark => ({ ...of, [replyMark]: true });

export const isReply = (value: unknown): value is ReplyWithMark =>
  typeof value === 'object' && value !== null && replyMark in value;

/** A route with path parameters declares each of them. */
type WithParams<R extends Routes> = {
  readonly [K in keyof R]: [ParamNames<R[K]['path']>] extends [never]
    ? unknown
    : { readonly params: Readonly<Record<ParamNames<R[K]['path']>, PathParam>> };
};

/** Keeps the literal types of a table of routes, so that handlers are typed by path, query and body. */
export const defineRoutes = <const R extends Routes>(routes: R & WithParams<R>): R => routes;
