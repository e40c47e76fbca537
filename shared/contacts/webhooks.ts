/** How a webhook is signed and retried, for readers of the contract. */
export const WEBHOOKS =
  'A webhook is signed as https://www.standardwebhooks.com has it: webhook-id (the same in every attempt), webhook-timestamp ' +
  '(seconds) and webhook-signature, by HMAC-SHA256 under each of its two live secrets. It has 25 seconds to answer 2xx. After ' +
  '408, 425, 429, 5xx or no answer it is tried six times in all, after 2, 4, 8, 16 and 32 seconds, each up to half as long again.';
