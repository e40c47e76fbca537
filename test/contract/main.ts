import { ok } from 'node:assert/strict';
import { join } from 'node:path';
import { lastLines, run } from '../support/tools/child.ts';
import { checkAll, conclude } from '../support/tools/guarantees.ts';
import { startTocsin, type Tocsin } from '../support/tools/local-run.ts';
import { toolCache } from '../support/tools/paths.ts';
import { pythonTools } from '../support/tools/python.ts';
import { logIn } from '../../operate/tocsin-client.ts';

const PACKAGES = ['schemathesis==4.32.5'];
/** `npm run test:contract -- 900` goes deeper. */
const MOST_SECONDS = Number(process.argv[2] ?? 90);

/** Checks of schemathesis that are left out. All others are made of each answer. */
const LEFT_OUT = {
  positive_data_acceptance:
    'JSON Schema cannot say all that a request must be: what it refers to exists, a cursor is one that a list gave, a zone is known',
  unsupported_method:
    'the gateway answers a method that is not described with 404, as the document says, and not with 405',
};

/** These would end the session that the others are made with. */
const ENDS_THE_SESSION = '^/api/auth/(logout|password)$';

/** An administrator who may make as many requests as a machine: the tier is the user's own, as `POST /api/users` takes it. */
async function tireless({ url, admin, password }: Tocsin): Promise<{ readonly authorization: string }> {
  const user = { username: 'contract', roles: ['admin'], tier: 'machine', password };
  await admin.post('/api/users', user);
  return logIn(url, user.username, password);
}

/** How many requests the run answered, and how many of them 429. Its log has a line for each. */
const callsIn = (output: string): { readonly calls: number; readonly throttled: number } => {
  const statuses = [...output.matchAll(/ access [A-Z]+ \S+ (\d{3}) /g)].map(([, status]) => status);
  return { calls: statuses.length, throttled: statuses.filter((status) => status === '429').length };
};

console.log(
  `The contract against a local run: schemathesis, the same requests each time, ${MOST_SECONDS} s of them at most`,
);
for (const [check, why] of Object.entries(LEFT_OUT)) console.log(`  without ${check}: ${why}`);

await conclude('test:contract', async () => {
  const bin = await pythonTools('schemathesis', PACKAGES);
  const tocsin = await startTocsin('contract');
  try {
    return await checkAll([
      {
        title: 'each answer to requests that fit the contract, and to those that break it, is in the contract',
        check: async () => {
          const { authorization } = await tireless(tocsin);
          const printed = await run(
            join(bin, 'schemathesis'),
            [
              'run',
              `${tocsin.url}/api/openapi.json`,
              ...['--header', `Authorization: ${authorization}`],
              ...[
                '--phases',
                'examples,coverage,fuzzing',
                '--max-examples',
                String(Math.ceil(MOST_SECONDS / 60)),
                '--workers',
                '1',
                '--request-timeout',
                '30',
              ],
              ...['--exclude-checks', Object.keys(LEFT_OUT).join(), '--exclude-path-regex', ENDS_THE_SESSION],
              ...['--generation-deterministic', '--max-time', String(MOST_SECONDS)],
              ...['--suppress-health-check', 'all', '--warnings', 'off', '--continue-on-failure', '--no-color'],
            ],
            {
              log: join(toolCache, 'logs', 'contract-schemathesis.log'),
              cwd: toolCache,
              env: { SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: '1' },
              timeoutMs: (MOST_SECONDS + 60) * 1000,
            },
          );
          const { calls, throttled } = callsIn(tocsin.output());
          const remark = `${/\d+ generated/.exec(printed)?.[0]}, ${throttled} of ${calls} calls throttled`;
          ok(throttled < calls / 10, `${remark}: the routes themselves were hardly tried`);
          return remark;
        },
      },
    ]);
  } catch (error) {
    console.log(lastLines(tocsin.output(), 40));
    throw error;
  } finally {
    await tocsin.stop();
  }
});
