import { useState } from 'react';

/**
 * What a form is about, as it was when the form opened. The page reads it again meanwhile. With the version of that later read, the form would
 * overwrite changes of others that it never showed.
 */
export const useOpened = <T>(present: T): T => useState(present)[0];
