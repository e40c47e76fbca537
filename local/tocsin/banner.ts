/** What a person wants to know once the run serves. */
export interface BannerFacts {
  readonly url: string;
  /** Of a run that serves https. */
  readonly certificateFile: string | undefined;
  readonly stage: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly passwordChangeRequired: boolean;
  readonly dataDirectory: string | undefined;
  readonly logDirectory: string;
  readonly aheadSeconds: number;
  readonly startedInMs: number;
}

export function banner(facts: BannerFacts): string {
  const { url, certificateFile, username, password } = facts;
  const curl = curlOf(certificateFile);
  const lines = [
    '',
    `  Tocsin (${facts.stage}) listens on ${url}   started in ${(facts.startedInMs / 1000).toFixed(1)} s`,
    '',
  ];
  if (username !== undefined && password !== undefined) {
    lines.push(`  login      ${username}  ${password}`);
    if (facts.passwordChangeRequired) {
      lines.push('             it must be changed first; TOCSIN_ADMIN_PASSWORD=… npm start sets one that need not');
    }
  }
  lines.push(
    `  API        ${url}/api/openapi.json`,
    `  messages   ${url}/_local/outbox   what went out by SNS, mail and webhook`,
    `  clock      ${curl} -d '{"advanceSeconds":3600}' ${url}/_local/clock`,
  );
  if (facts.aheadSeconds > 0) lines.push(`             it is ${facts.aheadSeconds} s ahead, moved in an earlier run`);
  if (certificateFile !== undefined) {
    lines.push(
      `  trust      NODE_EXTRA_CA_CERTS=${quoted(certificateFile)} node …   or   ${curl} ${url}/api/openapi.json`,
    );
  }
  lines.push(
    `  data       ${facts.dataDirectory ?? 'in memory only, gone when this run ends'}`,
    `  logs       ${facts.logDirectory}`,
    '',
  );
  if (username !== undefined && password !== undefined) {
    lines.push(
      '  The first alert:',
      '',
      ...firstAlert({ url, curl, username, password, passwordChangeRequired: facts.passwordChangeRequired }),
      '',
    );
  }
  return lines.join('\n');
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** As a person types it: with the certificate that curl must trust. */
const curlOf = (certificateFile: string | undefined): string =>
  certificateFile === undefined ? 'curl' : `curl --cacert ${quoted(certificateFile)}`;

interface FirstAlert {
  readonly url: string;
  readonly curl: string;
  readonly username: string;
  readonly password: string;
  readonly passwordChangeRequired: boolean;
}

function firstAlert({ url, curl, username, password, passwordChangeRequired }: FirstAlert): string[] {
  const json = (value: object): string => quoted(JSON.stringify(value));
  const token = String.raw`sed 's/.*"accessToken":"\([^"]*\)".*/\1/'`;
  const login = (secret: string): string =>
    `TOKEN=$(${curl} -s ${url}/api/auth/login -H 'content-type: application/json' -d ${json({ username, password: secret })} | ${token})`;
  const lines = [login(password)];
  if (passwordChangeRequired) {
    const next = `${password}-changed`;
    lines.push(
      `${curl} -s ${url}/api/auth/password -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d ${json({ currentPassword: password, newPassword: next })}`,
      login(next),
    );
  }
  lines.push(
    `${curl} -s ${url}/api/monitoring/alerts -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d ${json({ title: 'Disk full on db-1', severity: 'critical' })}`,
  );
  return lines.map((line) => `  ${line}`);
}
