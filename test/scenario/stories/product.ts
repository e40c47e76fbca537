import { afterAll } from 'vitest';
import { startTocsin, type Tocsin } from '../../support/tocsin.ts';

/*
 * A start costs more than most stories, so the stories that a test file imports share one product. Each makes its own data,
 * and the clock goes forward only.
 */
let started: Promise<Tocsin> | undefined;

/** The product of this test file; the first caller starts it. It ends with the file. */
export const product = (): Promise<Tocsin> => (started ??= startTocsin());

afterAll(async () => (await started)?.stop());
