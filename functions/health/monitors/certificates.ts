import { X509Certificate } from 'node:crypto';
import tls, { type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { DAY_MS } from '../units.ts';

/** The certificate of a chain that ends first. */
export interface ChainEnd {
  /** Epoch milliseconds. */
  readonly until: number;
  /** Which one it is, such as `the intermediate certificate "R3" of shop.example`. */
  readonly which: string;
}

/** OpenSSL verifies no longer chain. */
const MAX_CHAIN = 100;

/** The certificates that are trusted, by their subjects. */
const trusted = /* @__PURE__ */ lazy(() =>
  Map.groupBy(
    tls.getCACertificates('default').map((pem) => new X509Certificate(pem)),
    ({ subject }) => subject,
  ),
);

/** Whether a trusted certificate has signed this one. What a server sends behind it is then not used. */
const isAnchored = (certificate: X509Certificate): boolean =>
  (trusted().get(certificate.issuer) ?? []).some(
    (root) => certificate.checkIssued(root) && certificate.verify(root.publicKey),
  );

/** The leaf and the intermediates by which it was verified; not the root, which is trusted for itself. */
const usedChain = (socket: TLSSocket): readonly DetailedPeerCertificate[] => {
  const used: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw && used.length < MAX_CHAIN) {
    const isRoot = next.issuerCertificate?.fingerprint256 === next.fingerprint256;
    if (isRoot && used.length > 0) break;
    used.push(next);
    if (isRoot || isAnchored(new X509Certificate(next.raw))) break;
    next = next.issuerCertificate;
  }
  return used;
};

/** The certificate that ends first, of those by which the peer of a socket was verified. */
export const firstToEnd = (socket: TLSSocket, host: string): ChainEnd | undefined =>
  usedChain(socket)
    .map((certificate, i): ChainEnd => {
      const name = certificate.subject.CN ?? certificate.subject.O ?? certificate.serialNumber;
      const which =
        i === 0 ? `the certificate of ${host}` : `the intermediate certificate "${String(name)}" of ${host}`;
      return { until: Date.parse(certificate.valid_to), which };
    })
    .reduce<ChainEnd | undefined>(earlier, undefined);

/** The one of two that ends first. */
export const earlier = (a: ChainEnd | undefined, b: ChainEnd | undefined): ChainEnd | undefined =>
  !a || (b && b.until < a.until) ? b : a;

export const daysLeft = ({ until }: ChainEnd, now: Date): number => Math.floor((until - now.getTime()) / DAY_MS);

/** Why a chain ends too early; undefined where each of its certificates is good for `minDays` more. */
export const chainProblem = (end: ChainEnd, minDays: number, now: Date): string | undefined => {
  const days = daysLeft(end, now);
  return days < minDays ? `${end.which} is good for ${days} days more, less than ${minDays}` : undefined;
};
