import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { openApiDocument, problemTypes } from '../shared/http/openapi.ts';
import { ABOUT, authorizerRoutes, surface } from './surface.ts';

const root = resolve(import.meta.dirname, '..');

/** Every file that is a Lambda entry, by convention of its place. */
const ENTRIES = [
  'functions/*/http.ts',
  'functions/*/http/*.ts',
  'functions/*/authorizer.ts',
  'functions/*/{deployments,reactors,schedules}/*.ts',
];

/** Scripts that run in threads of their own, and the functions beside whose code they lie. */
const THREADS = {
  'functions/health/threads/evaluate.ts': ['health-check/evaluate', 'health-collect/evaluate'],
} as const;

/** The viewer of the contract, which the function `docs` serves. */
const VIEWER = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

/** The name of a function: `functions/alerts/reactors/keep.ts` is `alerts-keep`, an `http.ts` is named after its context. */
const functionName = (entry: string): string => {
  const [, context = '', ...rest] = entry.replace(/\.ts$/, '').split('/');
  const last = rest.at(-1) ?? '';
  return last === 'http' ? context : `${context}-${last}`;
};

export interface Bundles {
  /** Directory of a function's code, by the name of the function. */
  directory(name: string): string;
  readonly names: readonly string[];
}

const entryFiles = (): string[] => ENTRIES.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();

/** The bundles in a directory into which they were made. */
export const bundlesIn = (out: string): Bundles => ({
  names: entryFiles().map(functionName),
  directory: (name) => {
    const directory = join(out, name);
    mkdirSync(dirname(directory), { recursive: true });
    return directory;
  },
});

const temporaryBundles = (): string => {
  const out = mkdtempSync(join(tmpdir(), 'tocsin-bundles-'));
  process.on('exit', () => rmSync(out, { recursive: true, force: true }));
  return out;
};

const authorizerModule = (): string => `export const ROUTES = ${JSON.stringify(authorizerRoutes())};`;

/**
 * Bundles every function in one pass, into a directory that is gone at exit unless one is given: CommonJS, minified, with the libraries that the source imports.
 * Source maps are not deployed: with them a cold start would take longer. Made beside the bundles, they change nothing in these.
 * Code that no function can reach gives way to the stand-ins in `infra/stand-ins`.
 */
export const bundleFunctions = (
  out = temporaryBundles(),
  { sourceMaps = false }: { readonly sourceMaps?: boolean } = {},
): Bundles => {
  const entries = entryFiles();
  const routesModule = join(out, 'routes.mjs');
  writeFileSync(routesModule, authorizerModule());
  buildSync({
    absWorkingDir: root,
    entryPoints: Object.fromEntries([
      ...entries.map((entry) => [`${functionName(entry)}/index`, entry]),
      ...Object.entries(THREADS).flatMap(([script, places]) => places.map((place) => [place, script])),
    ]),
    outdir: out,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    treeShaking: true,
    sourcemap: sourceMaps ? 'external' : false,
    legalComments: 'none',
    charset: 'utf8',
    mainFields: ['module', 'main'],
    conditions: ['module', 'import'],
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'infra/stand-ins/environment-credentials.ts'),
      '@peculiar/x509': join(root, 'infra/stand-ins/authenticator-certificates.ts'),
      'protobufjs/minimal': join(root, 'infra/stand-ins/protobuf.ts'),
      'tocsin:routes': routesModule,
    },
    logLevel: 'error',
  });
  if (entries.includes('functions/docs/http.ts')) {
    const docs = join(out, 'docs');
    writeFileSync(join(docs, 'openapi.json'), JSON.stringify(openApiDocument(surface(), ABOUT)));
    writeFileSync(join(docs, 'problems.json'), JSON.stringify(problemTypes(surface())));
    for (const file of VIEWER)
      copyFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`), join(docs, file));
  }
  return bundlesIn(out);
};
