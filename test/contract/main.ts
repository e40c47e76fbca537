import { join } from 'node:path';
import { lastLines, run } from '../support/tools/child.ts';
import { checkAll, conclude } from '../support/tools/guarantees.ts';
import { startTocsin } from '../support/tools/local-run.ts';
import { toolCache } from '../support/tools/paths.ts';
import { pythonTools } from '../support/tools/python.ts';

const PACKAGES = ['schemathesis==4.32.5'];
const MOST_SECONDS = 90;

/** Checks of schemathesis that are left out. All others are made of each answer. */
const LEFT_OUT = {
  positive_data_acceptance:
    'JSON Schema cannot say all that a request must be: what it refers to exists, a cursor is one that a list gave, a zone is known',
  unsupported_method:
    'the gateway answers a method that is not described with 404, as the document says, and not with 405',
};

/** These would end the session that the others are made with. */
const ENDS_THE_SESSION = '^/api/auth/(logout|password)$';

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
          const { accessToken } = await tocsin.admin.post<{ readonly accessToken: string }>('/api/auth/login', {
            username: 'admin',
            password: tocsin.password,
          });
          const printed = await run(
            join(bin, 'schemathesis'),
            [
              'run',
              `${tocsin.url}/api/openapi.json`,
              ...['--header', `Authorization: Bearer ${accessToken}`],
              ...[
                '--phases',
                'examples,coverage,fuzzing',
                '--max-examples',
                '1',
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
          return /(\d+) generated/.exec(printed)?.[0];
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
