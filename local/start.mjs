// What `npm start` runs first. It is plain JavaScript, so that a Node that is too old for the rest can say so.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

if (!existsSync(new URL('../node_modules/aws-cdk-lib', import.meta.url))) {
  console.error('The dependencies are not installed. Run: npm ci');
  process.exit(1);
} else if (major >= wanted) {
  await import('./tocsin/main.ts');
} else if (existsSync(own)) {
  const child = spawn(own, [fileURLToPath(new URL('./tocsin/main.ts', import.meta.url)), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child by itself; a signal that is sent to this process must be handed on.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => undefined);
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
} else {
  console.error(
    `This is Node ${process.versions.node}; Tocsin needs ${wanted}. ` +
      'It brings its own: run `npm ci` (without --ignore-scripts) and start it with `npm start`.',
  );
  process.exit(1);
}
