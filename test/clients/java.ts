import { delimiter, join } from 'node:path';
import type { Command } from '../support/tools/debian.ts';
import { mavenClasspath } from '../support/tools/maven.ts';
import { repository } from '../support/tools/paths.ts';

const sources = join(repository, 'test', 'clients', 'java');

/** Runs a class of the Maven project of the clients in Java. */
export const javaProgram = async (name: 'ExportMetrics' | 'VerifyToken'): Promise<Command> => [
  'java',
  '-cp',
  (await mavenClasspath('java', sources)).join(delimiter),
  name,
];
