/** A resource that a stage left behind when it was destroyed, or that it still has. */
export interface Kept {
  /** Of its template: `AlertsTable`, `PagingSecret`, `DataKey`. */
  readonly logicalId: string;
  /** Of a table that of its stream. */
  readonly arn: string;
  readonly createdAt: Date;
}

/** What a stage left behind: the youngest of each logical id, and those that are older, which came from an earlier life. */
export const youngest = (
  found: readonly Kept[],
): { readonly kept: readonly Kept[]; readonly older: readonly Kept[] } => {
  const ordered = [...found].sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  const kept = ordered.filter((each, i) => ordered.findIndex(({ logicalId }) => logicalId === each.logicalId) === i);
  return { kept: kept.sort(byId), older: ordered.filter((each) => !kept.includes(each)) };
};

const byId = (one: Kept, other: Kept): number => one.logicalId.localeCompare(other.logicalId);

/** The option by which a deployment uses what was left behind. */
export const restoredOption = (kept: readonly Kept[]): string =>
  `-c restored=${kept.map(({ logicalId, arn }) => `${logicalId}=${arn}`).join(',')}`;
