/** What a person wants to know once the run serves. */
export interface BannerFacts {
  readonly url: string;
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
  const { url, username, password } = facts;
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
    `  clock      curl -d '{"advanceSeconds":3600}' ${url}/_local/clock`,
  );
  if (facts.aheadSeconds > 0) lines.push(`             it is ${facts.aheadSeconds} s ahead, moved in an earlier run`);
  lines.push(
    `  data       ${facts.dataDirectory ?? 'in memory only, gone when this run ends'}`,
    `  logs       ${facts.logDirectory}`,
    '',
  );
  if (username !== undefined && password !== undefined) {
    lines.push(
      '  The first alert:',
      '',
      ...firstAlert(facts.url, username, password, facts.passwordChangeRequired),
      '',
    );
  }
  return lines.join('\n');
}

function firstAlert(url: string, username: string, password: string, passwordChangeRequired: boolean): string[] {
  const json = (value: object): string => `'${JSON.stringify(value).replaceAll("'", String.raw`'\''`)}'`;
  const token = String.raw`sed 's/.*"accessToken":"\([^"]*\)".*/\1/'`;
  const login = (secret: string): string =>
    `TOKEN=$(curl -s ${url}/api/auth/login -H 'content-type: application/json' -d ${json({ username, password: secret })} | ${token})`;
  const lines = [login(password)];
  if (passwordChangeRequired) {
    const next = `${password}-changed`;
    lines.push(
      `curl -s ${url}/api/auth/password -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d ${json({ currentPassword: password, newPassword: next })}`,
      login(next),
    );
  }
  lines.push(
    `curl -s ${url}/api/monitoring/alerts -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d ${json({ title: 'Disk full on db-1', severity: 'critical' })}`,
  );
  return lines.map((line) => `  ${line}`);
}
