import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, wherever it was checked out. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Where external tools are kept between runs; nothing in it is part of the repository. */
export const toolCache = fileURLToPath(new URL('../../../.cache/', import.meta.url));

/** A search path that finds the project's own node first, whatever the machine has. */
export const projectPath = [join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
