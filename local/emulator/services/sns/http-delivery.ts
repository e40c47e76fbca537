import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** Refused for good: SNS tries again after 5xx, 429 and a broken connection, and after nothing else. */
export class PermanentFailure extends Error {}

export interface HttpSender {
  /** Resolves after a 2xx. Rejects with `PermanentFailure` when another try would be in vain. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<void>;
  close(): void;
}

const timeoutMs = 15_000;

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
export function createHttpSender(): HttpSender {
  const http = new HttpAgent({ keepAlive: true, maxSockets: 32, timeout: 60_000 });
  const https = new HttpsAgent({ keepAlive: true, maxSockets: 32, timeout: 60_000 });
  return {
    post(url, headers, body) {
      const target = new URL(url);
      const isHttps = target.protocol === 'https:';
      return new Promise((resolve, reject) => {
        const outgoing = (isHttps ? httpsRequest : httpRequest)(
          target,
          {
            agent: isHttps ? https : http,
            method: 'POST',
            headers: {
              ...headers,
              'content-length': Buffer.byteLength(body),
              'user-agent': 'Amazon Simple Notification Service Agent',
            },
            signal: AbortSignal.timeout(timeoutMs),
            ...(target.username && {
              auth: `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`,
            }),
          },
          (incoming) => {
            incoming.resume();
            const status = incoming.statusCode ?? 500;
            incoming.on('error', reject);
            incoming.on('end', () => {
              if (status >= 200 && status < 300) resolve();
              else if (status === 429 || status >= 500) reject(new Error(`The endpoint answered ${status}`));
              else reject(new PermanentFailure(`The endpoint answered ${status}`));
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}
