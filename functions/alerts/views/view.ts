import * as z from 'zod/mini';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';

/** The lists that can be looked at in a way of one's own. */
const LISTS = ['alerts', 'incidents'] as const;
export const List = z.enum(LISTS);

export const MAX_OWN_VIEWS = 50;
export const MAX_SHARED_VIEWS = 200;

const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));
/** The address of a list after its question mark: filters, query, order, columns. */
const Query = z.string().check(z.maxLength(4_000), z.regex(/^[^?#\s]*$/, 'must be what follows the question mark'));

export const CreateView = z
  .strictObject({ list: List, name: Name, query: Query, shared: z._default(z.boolean(), false) })
  .register(z.globalRegistry, { id: 'CreateView' });
export type CreateView = z.infer<typeof CreateView>;

export const ReplaceView = z
  .strictObject({ version: z.int().check(z.gte(1)), name: Name, query: Query, shared: z.boolean() })
  .register(z.globalRegistry, { id: 'ReplaceView' });
export type ReplaceView = z.infer<typeof ReplaceView>;

/** A saved view, of its owner alone or for everybody. */
export const View = z
  .object({
    id: z.string(),
    list: List,
    name: z.string(),
    query: z.string(),
    shared: z.boolean(),
    owner: z.object({ id: z.string(), name: z.string() }),
    /** Whether the caller may change it. */
    mine: z.boolean(),
    changedAt: z.string(),
    version: z.int(),
  })
  .register(z.globalRegistry, { id: 'View' });
export type View = z.infer<typeof View>;
export type StoredView = Omit<View, 'mine'>;

export const noSuchView = () => notFound('view.not_found', 'There is no view with this id.');
export const viewChanged = () =>
  conflict('view.changed', 'Somebody changed the view at the same moment. Read it again and repeat the change.');
