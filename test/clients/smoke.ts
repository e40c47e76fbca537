import { deepStrictEqual, match, rejects } from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from '../../shared/kernel/page.ts';
import { run } from '../support/tools/child.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Tocsin } from '../support/tools/local-run.ts';
import { repository, toolCache } from '../support/tools/paths.ts';

const smoke = ({ url }: Tocsin, password: string): Promise<string> =>
  run(process.execPath, ['operate/smoke/main.ts', '--url', url], {
    cwd: repository,
    log: join(toolCache, 'logs', 'smoke.log'),
    env: { TOCSIN_PASSWORD: password },
  });

/** Tests of an operator who runs `npm run smoke` against an installation. */
export const smokeGuarantees = (tocsin: Tocsin): readonly Guarantee[] => [
  {
    title: 'npm run smoke has an alert paged, acknowledged and resolved, and leaves nothing but that alert behind',
    check: async () => {
      match(await smoke(tocsin, tocsin.password), /10 passed, 0 failed/);
      const left = async (path: string): Promise<readonly string[]> =>
        (await tocsin.admin.get<Page<{ readonly name?: string; readonly to?: string }>>(path)).items
          .map(({ name, to }) => name ?? to ?? '')
          .filter((each) => each.includes('smoke-') || each.includes('/ping/'));
      const paths = ['/api/services', '/api/oncall/policies', '/api/oncall/contacts', '/api/monitoring/monitors'];
      deepStrictEqual((await Promise.all(paths.map(left))).flat(), []);
    },
  },
  {
    title: 'npm run smoke says which step failed, and fails',
    check: () => rejects(smoke(tocsin, 'not the password'), /admin logs in +POST \/api\/auth\/login answered 401/),
  },
];
