import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { idPattern } from '../../../shared/kernel/ids.ts';
import { own } from '../../../shared/kernel/own.ts';
import { publicPath } from './address.ts';
import { COLOUR } from './colour.ts';
import { StatedState } from './component-state.ts';

/** An installation has at most so many pages. */
export const MAX_PAGES = 20;

/** A page has at most so many components. */
export const MAX_COMPONENTS = 60;

/** A page loads at most 30 KB, and a logo has its share of them. */
const MAX_LOGO_CHARS = 8_192;

/** The id of a page is a part of its address, and the id of a component is one of its badge. */
export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Texts are shown as they are. A half surrogate pair is no text. */
const text = (least: number, most: number) =>
  z.string().check(
    z.trim(),
    z.minLength(least),
    z.maxLength(most),
    z.refine((value) => value.isWellFormed(), 'must be Unicode text without half surrogate pairs'),
  );

export const Title = text(1, 256);
export const PublicText = text(1, 2_000);
const Name = text(1, 128);

/** A host without characters that mean something in a content security policy. */
const PLAIN_HOST = /^https:\/\/[a-z0-9.-]+(?::\d+)?(?:[/?]|$)/i;

const isPlainUrl = (value: string): boolean =>
  PLAIN_HOST.test(value) && URL.canParse(value) && PLAIN_HOST.test(new URL(value).origin);

const HomeUrl = z
  .string()
  .check(z.maxLength(512), z.refine(isPlainUrl, 'must be a URL that begins with https:// and a plain host name'));

const DATA_IMAGE = /^data:image\/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/;

const Logo = z.string().check(
  z.maxLength(MAX_LOGO_CHARS),
  z.refine(
    (value) => DATA_IMAGE.test(value) || isPlainUrl(value),
    'must be a URL that begins with https://, or a data: URL of a PNG, JPEG, WebP or SVG image in base64',
  ),
);

const Component = z
  .strictObject({
    id: z.string().check(z.regex(SLUG, 'must be 1 to 40 lower-case letters, digits and dashes')),
    name: Name,
    description: z._default(z.string().check(z.maxLength(500)), ''),
    /** Components of one group stand together under its name. */
    group: z._default(z.nullable(Name), null),
    /** The component follows the monitors of this service. */
    service: z._default(z.nullable(Name), null),
    /** The component follows this monitor. */
    monitor: z._default(z.nullable(z.string().check(z.regex(idPattern('mon'), 'must be the id of a monitor'))), null),
  })
  .check(
    z.refine(
      ({ service, monitor }) => service === null || monitor === null,
      'follows a service or a monitor, not both',
    ),
  );
export type Component = z.infer<typeof Component>;

const Components = z.array(Component).check(
  z.maxLength(MAX_COMPONENTS),
  z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'names a component twice'),
);

const definition = {
  name: Name,
  description: z._default(z.string().check(z.maxLength(1_000)), ''),
  /** Address of the site that the page is about. */
  homeUrl: z._default(z.nullable(HomeUrl), null),
  /** A private page is at an address that nobody can guess, and at its public address it asks for a token. */
  access: z._default(z.enum(['public', 'private']), 'public'),
  logo: z._default(z.nullable(Logo), null),
  /** The colour of the brand. The page mixes it with black or white until text in it can be read. */
  colour: z._default(z.nullable(z.string().check(z.regex(COLOUR, 'must be a colour such as #0b57d0'))), null),
  components: z._default(Components, []),
};

export const Definition = z.strictObject(definition);
export type Definition = z.infer<typeof Definition>;

/** The whole definition, with the version that it follows: 0 for a page that does not exist. */
export const SavePage = z
  .strictObject({ ...definition, version: z.int().check(z.gte(0)) })
  .register(z.globalRegistry, { id: 'SaveStatusPage' });
export type SavePage = z.infer<typeof SavePage>;

/** What a person has said of a component, which goes before its monitors. */
const Stated = z.object({ state: StatedState, at: z.string(), by: z.string() });
export type Stated = z.infer<typeof Stated>;

/** A page as its editors see it. */
export const Page = z
  .object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    description: z.string(),
    homeUrl: z.nullable(z.string()),
    access: z.enum(['public', 'private']),
    logo: z.nullable(z.string()),
    colour: z.nullable(z.string()),
    components: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        group: z.nullable(z.string()),
        service: z.nullable(z.string()),
        monitor: z.nullable(z.string()),
        /** Null while the component follows its monitors. */
        stated: z.nullable(Stated),
      }),
    ),
    /** Where the page is on the host. */
    path: z.string(),
    /** Whether a token of the page was made, without which nobody can open a private page. */
    hasToken: z.boolean(),
    changedAt: z.string(),
    changedBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  })
  .register(z.globalRegistry, { id: 'StatusPage' });
export type Page = z.infer<typeof Page>;

/** A page as it is stored. A deleted one stays as a tombstone, so that its files are replaced. */
export interface StoredPage extends Definition {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
  /** By the id of the component. */
  readonly stated: Readonly<Record<string, Stated>>;
  /** The hash of the token, which is a part of the address of a private page; null while there is no token. */
  readonly secretPath: string | null;
  /** Addresses of the page that are no longer valid. Their files are replaced. */
  readonly formerPaths: readonly string[];
  /** Components that the page has no longer. Their badges are replaced. */
  readonly formerComponents: readonly string[];
  /** When the page was made; one that is made again under the id of a deleted page is new. */
  readonly createdAt: string;
}

export const noSuchPage = () => notFound('status_page.not_found', 'There is no status page with this id.');

export const noSuchComponent = () =>
  notFound('component.not_found', 'The status page has no component with this id. Read the page again.');

/** The refusal of a change that follows another version than the present one. */
export const overtaken = (present: StoredPage | undefined) =>
  conflict(
    'status_page.changed',
    present && !present.deleted
      ? `${present.changedBy.name} changed the status page at ${present.changedAt}. It is at version ${present.version} now. Read it again and repeat the change.`
      : 'The status page does not exist. Send version 0 to create it.',
  );

export const pageView = (page: StoredPage): Page => ({
  id: page.id,
  version: page.version,
  name: page.name,
  description: page.description,
  homeUrl: page.homeUrl,
  access: page.access,
  logo: page.logo,
  colour: page.colour,
  components: page.components.map((each) => ({ ...each, stated: own(page.stated, each.id) ?? null })),
  path: `/${publicPath(page.id)}`,
  hasToken: page.secretPath !== null,
  changedAt: page.changedAt,
  changedBy: page.changedBy,
});
