/** Seeds at which a scenario once found a fault that is mended since. Its tests play them again. */
export const FOUND = {
  messages: [91000180, 91000628, 91000632, 92000005, 92000083, 99672711, 710000482],
  night: [63185821, 500008098],
  rules: [92000101, 99500054, 600000515],
} as const;
