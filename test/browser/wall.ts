import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Play } from './desk.ts';

/** What a screen on the wall shows. */
export async function wallGuarantees({ desk, tocsin: { password, admin } }: Play): Promise<readonly Guarantee[]> {
  return [
    {
      title: 'a wall shows what is wrong, says when it hears nothing, and goes on by itself',
      check: async () => {
        const { id } = await admin.post<{ readonly id: string }>('/api/monitoring/alerts', {
          title: `Checkout answers 500 🔥 ${'a very long name '.repeat(12)}`,
          severity: 'critical',
          service: 'checkout',
        });
        const { page, open, violations, picture } = await desk.signIn('admin', password);
        const alert = page.locator('li.wall-critical').filter({ hasText: 'Checkout answers 500' });
        await open('/wall');
        await page.getByRole('heading', { level: 1, name: 'Something is broken' }).waitFor();
        await alert.waitFor();
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: 900 });
          deepStrictEqual(await violations(), [], `${width} px`);
          ok(
            await page.evaluate<boolean>(
              'document.documentElement.scrollWidth <= document.documentElement.clientWidth',
            ),
          );
          await picture(`console-wall-${width}`);
        }
        await page.context().setOffline(true);
        await page.getByRole('heading', { level: 1, name: 'Tocsin does not answer' }).waitFor();
        await alert.waitFor();
        await page.context().setOffline(false);
        await page.getByRole('heading', { level: 1, name: 'Something is broken' }).waitFor();
        await admin.post(`/api/monitoring/alerts/${id}/resolve`, {});
        await alert.waitFor({ state: 'detached' });
        await page.context().close();
      },
    },
  ];
}
