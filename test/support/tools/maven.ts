import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from './child.ts';
import { toolCache } from './paths.ts';

/**
 * Compiles the Maven project in the folder `sources` and gives its classes and all that they need. Needs mvn and a JDK.
 * Downloads and compiled code are in `.cache/`; a changed file of the project is compiled again.
 */
export async function mavenClasspath(name: string, sources: string): Promise<readonly string[]> {
  const digest = createHash('sha256');
  for (const file of globSync(['pom.xml', 'src/**/*.java'], { cwd: sources }).sort())
    digest.update(file).update(await readFile(join(sources, file)));
  const home = join(toolCache, `maven-${name}-${digest.digest('hex').slice(0, 12)}`);
  const list = join(home, 'classpath');
  if (!existsSync(list)) {
    const flags = ['--batch-mode', '--quiet', `-Dmaven.repo.local=${join(toolCache, 'maven')}`];
    const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${list}.new`, `-Dtocsin.target=${home}`];
    await run('mvn', ['--file', join(sources, 'pom.xml'), ...flags, ...goals], {
      log: join(toolCache, 'logs', `maven-${name}.log`),
      timeoutMs: 400_000,
    });
    await rename(`${list}.new`, list);
  }
  return [join(home, 'classes'), ...(await readFile(list, 'utf8')).trim().split(delimiter)];
}
