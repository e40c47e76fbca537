/** What a function is configured with. */
export type Variables = Readonly<Record<string, string>>;

/** The variable by which functions know a table, by its logical id: `ALERTS_TABLE` of `AlertsTable`. */
export const variableOf = (logicalId: string): string => `${logicalId.replace(/Table$/, '').toUpperCase()}_TABLE`;

/**
 * The table that the functions of a stage use, which is another than the one that its stack made once the stage was deployed with
 * `-c restored`; that one where none names a table. Throws where they do not agree: a deployment is under way.
 */
export const tableInUse = (made: string, logicalId: string, stage: string, functions: readonly Variables[]): string => {
  const used = functions.flatMap((variables) => {
    const table = variables['STAGE'] === stage ? variables[variableOf(logicalId)] : undefined;
    return table === undefined ? [] : [table];
  });
  const [first = made, ...others] = new Set(used);
  if (others.length > 0)
    throw new Error(`functions use ${[first, ...others].join(' and ')}: finish the deployment that is under way first`);
  return first;
};
