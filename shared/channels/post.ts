import http from 'node:http';
import https from 'node:https';
import { checkHost, guardedLookup, type Ranges } from '../http/address.ts';
import { Refused, retryAfterMs } from './channel.ts';

/** As long as https://www.standardwebhooks.com has a receiver given, and no longer than a function may wait. */
const TIMEOUT_MS = 25_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Posts a body to a URL that somebody else has given, to addresses of the open internet or in the `allowed` ranges only.
 * Follows no redirect, waits for 25 seconds, and answers what came back, at most 64 KB of it. Rejects with `Refused` where
 * that is no success.
 */
export const post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  allowed: Ranges,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const target = new URL(url);
    checkHost(target.hostname, allowed);
    const { request: open } = target.protocol === 'http:' ? http : https;
    const request = open(
      target,
      {
        method: 'POST',
        headers: { 'user-agent': 'Tocsin', 'content-length': String(Buffer.byteLength(body)), ...headers },
        agent: false,
        lookup: guardedLookup(allowed),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      (response) => {
        const { statusCode = 0 } = response;
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => {
          if (statusCode < 200 || statusCode > 299)
            reject(new Refused(statusCode, retryAfterMs(response.headers['retry-after'])));
          else resolve(Buffer.concat(chunks).toString('utf8'));
        });
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ABORT_ERR' ? Object.assign(error, { name: 'TimeoutError' }) : error),
    );
    request.end(body);
  });
