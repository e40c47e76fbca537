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
  stopWithNpm((signal) => process.kill(process.pid, signal));
  await import('./tocsin/main.ts');
} else if (existsSync(own)) {
  // Over the channel the child notices the death of this process, also by a signal that nobody can catch.
  const child = spawn(own, [fileURLToPath(new URL('./tocsin/main.ts', import.meta.url)), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
  stopWithNpm((signal) => child.kill(signal));
} else {
  console.error(
    `This is Node ${process.versions.node}; Tocsin needs ${wanted}. ` +
      'It brings its own: run `npm ci` (without --ignore-scripts) and start it with `npm start`.',
  );
  process.exit(1);
}

/**
 * A run that npm started ends with npm: when npm is killed, no terminal reaches the run any more.
 *
 * @param {(signal: NodeJS.Signals) => void} end
 */
function stopWithNpm(end) {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end('SIGTERM');
  }, 500);
  watch.unref();
}
