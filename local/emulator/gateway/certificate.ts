import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Of the certificate alone, which clients need to trust. */
  readonly file: string;
}

const dayMs = 86_400_000;
// Apple's clients refuse a server certificate that is valid for more than 825 days.
const validDays = 820;
const renewedBeforeDays = 30;

/**
 * The self-signed certificate of this machine in `directory`, for `localhost` and 127.0.0.1. It is made once, so that a
 * client that trusts it does so after a restart too, and made again in the month before it expires. The clock of TLS is the
 * machine's, not the moved one.
 */
export async function openCertificate(directory: string): Promise<Certificate> {
  const file = join(directory, 'certificate.pem');
  const keyFile = join(directory, 'certificate-key.pem');
  if (existsSync(file) && existsSync(keyFile)) {
    const cert = readFileSync(file, 'utf8');
    const key = readFileSync(keyFile, 'utf8');
    const expiresAt = Date.parse(new X509Certificate(cert).validTo);
    if (expiresAt - Date.now() > renewedBeforeDays * dayMs) return { cert, key, file };
  }
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + validDays * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(file, cert);
  return { cert, key, file };
}
