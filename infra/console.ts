import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const web = join(root, 'web');

/** All that makes a build of the console what it is, apart from the types of the contract, which leave nothing in it. */
const SOURCES = [
  'web/src/**/*',
  'web/index.html',
  'web/vite.config.ts',
  'web/package.json',
  'package-lock.json',
  'infra/console.ts',
];

const digestOfSources = (): string => {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }));
  for (const path of files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort()) {
    hash.update(`\n${path.slice(root.length)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
};

/** The directory with the files of the console. It is built where its sources have changed, and kept for later runs otherwise. */
export const consoleFiles = (): string => {
  const made = join(root, '.cache', 'console', digestOfSources());
  if (existsSync(join(made, 'index.html'))) return made;
  const fresh = `${made}.${process.pid}`;
  const vite = join(dirname(createRequire(join(web, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  execFileSync(process.execPath, [vite, 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: web,
    // The caller's environment stays out: Vite builds for development where a test runner has set another NODE_ENV.
    env: { NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    renameSync(fresh, made);
  } catch {
    // Another run was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  return made;
};
