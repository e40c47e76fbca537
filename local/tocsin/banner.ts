import type { AdministratorLogin } from './administrator.ts';

/** What a person wants to know once the run serves. */
export interface BannerFacts {
  readonly url: string;
  /** False for a run without the edge stack. */
  readonly hasConsole: boolean;
  /** Of the address for machines, of a run that has one. */
  readonly httpApiUrl?: string | undefined;
  /** Of a run that serves https. */
  readonly certificateFile: string | undefined;
  readonly stage: string;
  readonly login: AdministratorLogin | undefined;
  /** `TOCSIN_ADMIN_PASSWORD`, which sets the password of data that has none yet. */
  readonly wantedPassword: string | undefined;
  readonly dataDirectory: string | undefined;
  readonly logDirectory: string;
  readonly aheadSeconds: number;
  readonly startedInMs: number;
}

export function banner(facts: BannerFacts): string {
  const { url, certificateFile } = facts;
  const curl = curlOf(certificateFile);
  const lines = [
    '',
    `  Tocsin (${facts.stage}) listens on ${url}   started in ${(facts.startedInMs / 1000).toFixed(1)} s`,
    '',
    ...loginLines(facts),
  ];
  lines.push(
    ...(facts.hasConsole ? [`  console    ${url}/   open it in a browser`] : []),
    `  API        ${url}/api/openapi.json   to read: ${url}/api/docs`,
    ...(facts.httpApiUrl === undefined
      ? []
      : [`  machines   ${facts.httpApiUrl}   for Alertmanager and Prometheus, as the output IngestUrl`]),
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
  const { username, password, passwordChangeRequired = false } = facts.login ?? {};
  if (username !== undefined && password !== undefined) {
    lines.push('  The first alert:', '', ...firstAlert({ url, curl, username, password, passwordChangeRequired }), '');
  }
  return lines.join('\n');
}

/** Only a login that works is shown with its password. */
function loginLines({ url, login, wantedPassword, dataDirectory }: BannerFacts): string[] {
  const isIgnored = wantedPassword !== undefined && login?.password === undefined;
  const more: string[] = [];
  if (isIgnored) more.push('TOCSIN_ADMIN_PASSWORD is ignored: it sets the first password of new data only.');
  if (login?.password === undefined) {
    if (login) more.push(`POST ${url}/api/auth/password changes it.`);
    if (dataDirectory !== undefined)
      more.push(`If nobody knows it, delete ${dataDirectory} to start over without data.`);
  } else if (login.passwordChangeRequired) {
    more.push('You must change it first. On new data, TOCSIN_ADMIN_PASSWORD=… npm start sets one that can stay.');
  }
  const [name, password] = login
    ? [
        login.username,
        login.password === undefined ? ', with the password that was set in an earlier run' : `  ${login.password}`,
      ]
    : ['as a user of an earlier run', ''];
  return [`  login      ${name}${password}`, ...more.map((line) => `             ${line}`)];
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
