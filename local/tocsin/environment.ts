import type { Assembly } from '../emulator/types.ts';

/** The value of a variable in the first function of the assembly that has it. */
export const environmentOf = (assembly: Assembly, name: string): string | undefined =>
  assembly
    .byType('AWS::Lambda::Function')
    .map((each) => (each.properties['Environment']?.Variables ?? {}) as Readonly<Record<string, string>>)
    .find((variables) => variables[name] !== undefined)?.[name];
