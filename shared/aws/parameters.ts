import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  paginateGetParametersByPath,
  PutParameterCommand,
  type Parameter,
  type SSMClient,
} from '@aws-sdk/client-ssm';

/*
 * Secret values as parameters of Systems Manager: one for each set of readers, encrypted, of the standard tier, which costs nothing and
 * takes 4,096 bytes.
 */

/** Where parameters are, and the key that encrypts what is written: the ARN of one, or `none` for that of AWS. */
export interface Parameters {
  readonly ssm: SSMClient;
  readonly keyArn: string;
}

const valuesIn = (found: readonly Parameter[]): ReadonlyMap<string, string> =>
  new Map(found.flatMap(({ Name, Value }) => (Name !== undefined && Value !== undefined ? [[Name, Value]] : [])));

/** The value of a parameter; undefined where there is none. */
export const parameter = async (ssm: SSMClient, name: string): Promise<string | undefined> => {
  try {
    return (await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }))).Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
};

/** The values of up to ten parameters by their names, in one request. One that does not exist is left out. */
export const parameters = async (ssm: SSMClient, names: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  valuesIn((await ssm.send(new GetParametersCommand({ Names: [...names], WithDecryption: true }))).Parameters ?? []);

/** The values of all parameters below a path, by their names. */
export const parametersBelow = async (client: SSMClient, path: string): Promise<ReadonlyMap<string, string>> => {
  const found: Parameter[] = [];
  const asked = { Path: path, Recursive: true, WithDecryption: true };
  for await (const { Parameters: page = [] } of paginateGetParametersByPath({ client }, asked)) found.push(...page);
  return valuesIn(found);
};

const put = (name: string, value: string, keyArn: string, Overwrite: boolean): PutParameterCommand =>
  new PutParameterCommand({
    Name: name,
    Value: value,
    Type: 'SecureString',
    Tier: 'Standard',
    Overwrite,
    ...(keyArn !== 'none' && { KeyId: keyArn }),
  });

/**
 * Makes a parameter that does not exist yet. Of several callers at once one makes it. Answers whether it was this one; a caller whose
 * answer was lost hears that another was faster.
 */
export const createParameter = async ({ ssm, keyArn }: Parameters, name: string, value: string): Promise<boolean> => {
  try {
    await ssm.send(put(name, value, keyArn, false));
    return true;
  } catch (error) {
    if (error instanceof ParameterAlreadyExists) return false;
    throw error;
  }
};

/** Writes a value in place of another, encrypted by the key. */
export const replaceParameter = async ({ ssm, keyArn }: Parameters, name: string, value: string): Promise<void> => {
  await ssm.send(put(name, value, keyArn, true));
};

/** Deletes a parameter. One that is gone already is no error. */
export const deleteParameter = async (ssm: SSMClient, name: string): Promise<void> => {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: name }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
};
