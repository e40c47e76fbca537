import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The flags of a command. `--help` prints the usage; a wrong flag, and `stop`, print what is wrong before it and exit with 2. */
export const commandLine = <O extends NonNullable<ParseArgsConfig['options']>>(usage: string, options: O) => {
  const stop = (message: string): never => {
    console.error(`${message}\n\n${usage}`);
    process.exit(2);
  };
  if (process.argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  const read = () => {
    try {
      return parseArgs({ options }).values;
    } catch (error) {
      return stop(error instanceof Error ? error.message : String(error));
    }
  };
  return { flags: read(), stop };
};
