import { join } from 'node:path';
import { start, type Child } from '../support/tools/child.ts';
import { eventually } from '../../operate/eventually.ts';
import { startFront, type Front } from './front.ts';
import { freePort } from '../support/tools/free-port.ts';
import { ministackPython } from '../support/tools/ministack.ts';
import { projectPath, toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

export interface Emulator {
  /** Of the front, to which everything but deployed functions talks. */
  readonly endpoint: string;
  readonly front: Front;
  readonly region: string;
  /** What a client of AWS needs in its environment to talk to this emulator and to nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that it and the functions printed. */
  output(): string;
  stop(): Promise<void>;
}

const region = 'eu-central-1';

/** An empty AWS account on a loopback port, which keeps nothing. */
export async function startEmulator(): Promise<Emulator> {
  const python = await ministackPython();
  const directory = temporaryDirectory('emulator');
  const port = await freePort();
  const itself = `http://127.0.0.1:${port}`;
  const child = await start('ministack', python, ['-m', 'ministack'], {
    cwd: directory,
    log: join(toolCache, 'logs', 'ministack.log'),
    env: {
      // Functions run in the first node on the path: the project's, of the same major version as the runtime.
      PATH: projectPath,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      TMPDIR: directory,
      S3_DATA_DIR: join(directory, 's3'),
      STATE_DIR: join(directory, 'state'),
    },
  });
  try {
    await ready(child, itself);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const front = await startFront(itself, region);
  const stop = async (): Promise<void> => {
    front.stop();
    await child.stop();
  };
  const { endpoint } = front;
  return { endpoint, front, region, environment: environmentFor(endpoint), output: child.output, stop };
}

async function ready(child: Child, endpoint: string): Promise<void> {
  await eventually('the emulator answers', { withinMs: 60_000, everyMs: 250 }, async () => {
    if (child.exitCode() !== undefined) throw new Error(`it ended:\n${child.output()}`);
    const response = await fetch(`${endpoint}/_ministack/health`);
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  });
}

const environmentFor = (endpoint: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  // Neither the machine's profiles nor its configuration reach a deployment to the emulator.
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
});
