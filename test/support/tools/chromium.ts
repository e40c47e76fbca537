import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { unpackPackages } from './debian-packages.ts';
import { toolCache } from './paths.ts';

export interface Chromium {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
}

const root = join(toolCache, 'chromium');
const packages = ['chromium-headless-shell', 'fonts-dejavu-core', 'fontconfig-config'];
const inPackage = 'usr/lib/chromium/chromium-headless-shell';
const systemPaths = [`/${inPackage}`, '/usr/lib/chromium/chromium', '/usr/bin/google-chrome'];

/**
 * A Chromium without a window, as Debian packages it: what the machine has, what an earlier run fetched, or the package and
 * all of its libraries and fonts that the machine lacks, fetched and unpacked under `.cache/` without being installed.
 * Throws, saying what is missing, where none of these starts.
 */
export async function chromium(): Promise<Chromium> {
  for (const program of systemPaths.filter((path) => existsSync(path))) {
    const version = await versionOf(program, {}).catch(() => undefined);
    if (version !== undefined) return { program, env: {}, version };
  }
  const program = join(root, inPackage);
  const env = await unpackedEnvironment();
  const kept = existsSync(program) ? await versionOf(program, env).catch(() => undefined) : undefined;
  if (kept !== undefined) return { program, env, version: kept };
  try {
    await unpackPackages(root, 'chromium', missingPackages);
  } catch (error) {
    throw new Error(`Chromium is not here (${systemPaths.join(', ')}), and could not be fetched: ${String(error)}`, {
      cause: error,
    });
  }
  return { program, env, version: await versionOf(program, env) };
}

/** The packages, and those that they need, as far as this machine lacks them. */
async function missingPackages(): Promise<readonly string[]> {
  const plan = await run('apt-get', ['--simulate', '--no-install-recommends', 'install', ...packages], {
    log: join(toolCache, 'logs', 'chromium-plan.log'),
  });
  return [...plan.matchAll(/^Inst (\S+) /gm)].map(([, name = '']) => name);
}

/** Libraries and fonts are looked for in the unpacked tree first, and on the machine as well. */
async function unpackedEnvironment(): Promise<Readonly<Record<string, string>>> {
  const fonts = join(toolCache, 'chromium-fonts.conf');
  await mkdir(toolCache, { recursive: true });
  await writeFile(
    fonts,
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>' +
      `<dir>${join(root, 'usr/share/fonts')}</dir><dir>/usr/share/fonts</dir>` +
      `<cachedir>${join(toolCache, 'chromium-fonts')}</cachedir>` +
      '<match target="pattern"><edit name="family" mode="prepend"><string>DejaVu Sans</string></edit></match></fontconfig>',
  );
  const triple = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const libraries = [`usr/lib/${triple}`, `lib/${triple}`, `usr/lib/${triple}/pulseaudio`].map((path) =>
    join(root, path),
  );
  return { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: fonts };
}

const versionOf = async (program: string, env: Readonly<Record<string, string>>): Promise<string> =>
  (await run(program, ['--version'], { env, log: join(toolCache, 'logs', 'chromium-version.log') })).trim();
