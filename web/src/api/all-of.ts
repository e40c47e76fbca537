interface PageOf<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Reads a list page by page, up to `most` items. `isAll` is false where there are more. */
export const allOf = async <T>(
  read: (cursor: { readonly cursor?: string }) => Promise<PageOf<T>>,
  most = 500,
): Promise<{ readonly items: readonly T[]; readonly isAll: boolean }> => {
  const items: T[] = [];
  let cursor: string | undefined;
  while (items.length < most) {
    const page = await read(cursor === undefined ? {} : { cursor });
    items.push(...page.items);
    if (page.next === null) return { items, isAll: true };
    cursor = page.next;
  }
  return { items, isAll: false };
};
