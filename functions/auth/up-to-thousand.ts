/** Somebody who did not log in for so long, or a key that was not used, is to be reviewed. */
export const IDLE_DAYS = 90;

const MAX_PAGES = 10;

/** The first thousand of a list, and whether these are all. */
export const upToThousand = async <T>(
  read: (request: {
    limit: number;
    cursor?: string;
  }) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): Promise<{ items: T[]; complete: boolean }> => {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items: some, next }: Awaited<ReturnType<typeof read>> = await read({
      limit: 100,
      ...(cursor && { cursor }),
    });
    items.push(...some);
    if (!next) return { items, complete: true };
    cursor = next;
  }
  return { items, complete: false };
};
