import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { openApiDocument } from '../shared/http/openapi.ts';
import { ABOUT, surface } from './surface.ts';

const root = resolve(import.meta.dirname, '..');

/** Every file that is a Lambda entry, by convention of its place. */
const ENTRIES = [
  'functions/*/http.ts',
  'functions/*/http/*.ts',
  'functions/*/authorizer.ts',
  'functions/*/{reactors,schedules}/*.ts',
];

/** The name of a function: `functions/alerts/reactors/notify.ts` is `alerts-notify`, an `http.ts` bears its context's. */
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

/** What stands often in the table of routes, and what stands for it in the bundle. */
const SHORT = [
  ['/api/monitoring', '~'],
  ['monitoring.', '^'],
] as const;

/**
 * The routes that take somebody known, as a module for the authorizer, which must stay small: a line for each path, with its
 * methods in words.
 */
const routesSource = (): string => {
  const known = surface().filter(({ permission }) => permission !== 'public');
  const lines = [...Map.groupBy(known, ({ path }) => path)].map(([path, routes]) => {
    const methods = routes.map(({ method, permission, narrower, whileRestricted }) =>
      [method, permission, narrower ?? '', whileRestricted ? 1 : ''].join(' ').trimEnd(),
    );
    return [path, ...methods].join('|');
  });
  const text = SHORT.reduce((whole, [long, short]) => whole.replaceAll(long, short), lines.join('\n'));
  const longAgain = SHORT.map(([long, short]) => `.replaceAll('${short}', '${long}')`).join('');
  return `export const ROUTES = ${JSON.stringify(text)}${longAgain}.split('\\n').flatMap((line) => {
    const [path, ...methods] = line.split('|');
    return methods.map((each) => {
      const [method, permission, narrower, restricted] = each.split(' ');
      return [method, path, permission, !!restricted, narrower || undefined];
    });
  });`;
};

/**
 * Bundles every function in one pass: CommonJS, minified, SDK inside, without source maps. Parts of libraries that no
 * function can ever use give way to the stand-ins in `shared/aws/slim`.
 */
export const bundleFunctions = (): Bundles => {
  const out = mkdtempSync(join(tmpdir(), 'tocsin-bundles-'));
  process.on('exit', () => rmSync(out, { recursive: true, force: true }));
  const entries = ENTRIES.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  const routesModule = join(out, 'routes.mjs');
  writeFileSync(routesModule, routesSource());
  buildSync({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(entries.map((entry) => [`${functionName(entry)}/index`, entry])),
    outdir: out,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    treeShaking: true,
    legalComments: 'none',
    charset: 'utf8',
    mainFields: ['module', 'main'],
    conditions: ['module', 'import'],
    alias: {
      '@aws-sdk/client-dynamodb': join(root, 'shared/aws/slim/client-dynamodb.ts'),
      '@aws-sdk/client-secrets-manager': join(root, 'shared/aws/slim/client-secrets-manager.ts'),
      '@aws-sdk/client-sns': join(root, 'shared/aws/slim/client-sns.ts'),
      '@aws-sdk/client-sqs': join(root, 'shared/aws/slim/client-sqs.ts'),
      '@aws-sdk/credential-provider-node': join(root, 'shared/aws/slim/environment-credentials.ts'),
      '@aws-sdk/middleware-endpoint-discovery': join(root, 'shared/aws/slim/endpoint-discovery.ts'),
      '@smithy/core/event-streams': join(root, 'shared/aws/slim/event-streams.ts'),
      'protobufjs/minimal': join(root, 'shared/aws/slim/protobuf.ts'),
      'tocsin:routes': routesModule,
    },
    logLevel: 'error',
  });
  if (entries.includes('functions/docs/http.ts')) {
    writeFileSync(join(out, 'docs', 'openapi.json'), JSON.stringify(openApiDocument(surface(), ABOUT)));
  }
  return {
    names: entries.map(functionName),
    directory: (name) => {
      const directory = join(out, name);
      mkdirSync(dirname(directory), { recursive: true });
      return directory;
    },
  };
};
