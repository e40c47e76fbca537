import { join } from 'node:path';
import { pythonTools } from './python.ts';

/** The interpreter of a Python environment that holds ministack, an independent emulator of AWS. */
export const ministackPython = async (): Promise<string> =>
  join(await pythonTools('ministack', ['ministack==1.5.33']), 'python3');
