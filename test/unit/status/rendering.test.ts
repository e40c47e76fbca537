import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredNotice } from '../../../functions/status/notices/notice.ts';
import { contrast, ENOUGH, PAPER, readableOn, type Colour } from '../../../functions/status/pages/colour.ts';
import { SavePage, type StoredPage } from '../../../functions/status/pages/page.ts';
import { filesOf } from '../../../functions/status/rendering/files.ts';
import { viewOf, type Observed } from '../../../functions/status/rendering/view.ts';
import { runs } from '../../support/runs.ts';
import { componentOf, daysUntil, observed, statusNotice, statusPage } from '../../support/status.ts';

const AT = new Date('2026-11-21T12:00:00.000Z');
const PLACE = { publicUrl: 'https://status.example/', takesSubscribers: true };

const render = (
  page: StoredPage,
  notices: readonly StoredNotice[] = [],
  seen: ReadonlyMap<string, Observed> | null = new Map([['checkout', observed(AT)]]),
  at = AT,
) => {
  const files = filesOf(viewOf(page, notices, seen, at), page, PLACE);
  const text = (key: string): string => files.find((file) => file.key === key)?.body ?? '';
  return { files, text, html: text('status/acme'), json: () => JSON.parse(text('status/acme.json')) };
};

describe('the state of a page', () => {
  const stateWith = (counts: Partial<Observed['counts']>) =>
    render(
      statusPage(),
      [],
      new Map([['checkout', observed(AT, { counts: { up: 0, down: 0, maintenance: 0, unknown: 0, ...counts } })]]),
    ).json();

  test.each([
    [{ up: 2 }, 'operational', 'All systems operational'],
    [{ up: 1, down: 1 }, 'partial_outage', 'Partial outage'],
    [{ down: 2 }, 'major_outage', 'Major outage'],
    [{ up: 1, maintenance: 1 }, 'maintenance', 'Maintenance in progress'],
    [{ unknown: 1 }, 'unknown', 'Some systems cannot be checked'],
  ])('follows the monitors %o', (counts, state, description) => {
    expect(stateWith(counts).status).toEqual({ state, description });
  });

  test('is not known while monitors cannot be read and nobody says otherwise', () => {
    const page = statusPage({ components: [componentOf('checkout', { service: 'checkout' })] });
    expect(render(page, [], null).json().status.state).toBe('unknown');
    const { json, html } = render(page, [statusNotice({ impact: 'critical' })], null);
    expect(json().status.state).toBe('major_outage');
    expect(html).toContain('We are looking.');
  });

  test('is what a person says of a component, before its monitors', () => {
    const stated = { checkout: { state: 'degraded', at: AT.toISOString(), by: 'ana' } } as const;
    expect(render(statusPage({ stated })).json().components[0].state).toBe('degraded');
  });

  test('is at least as bad as a notice under way says, until that is over', () => {
    const notice = statusNotice({ components: [{ id: 'hotline', state: 'major_outage' }] });
    expect(render(statusPage(), [notice]).json().status.state).toBe('major_outage');
    const over = { ...notice, status: 'resolved', endedAt: AT.toISOString() } as const;
    expect(render(statusPage(), [over]).json().status.state).toBe('operational');
    expect(render(statusPage(), [{ ...notice, withdrawn: true }]).html).not.toContain('Payments fail');
  });

  test('changes by the clock with a planned maintenance', () => {
    const [from, to] = ['2026-11-22T01:00:00.000Z', '2026-11-22T02:00:00.000Z'];
    const notice = statusNotice({
      kind: 'maintenance',
      status: 'scheduled',
      impact: 'none',
      from,
      to,
      startedAt: from,
      components: [{ id: 'checkout', state: 'maintenance' }],
    });
    const at = (instant: string) => render(statusPage(), [notice], undefined, new Date(instant)).json();
    expect(at('2026-11-22T00:59:59.999Z')).toMatchObject({
      status: { state: 'operational' },
      planned: [{ status: 'scheduled' }],
    });
    expect(at(from)).toMatchObject({ status: { state: 'maintenance' }, active: [{ status: 'in_progress' }] });
    expect(at(to)).toMatchObject({ status: { state: 'operational' }, past: [{ status: 'completed', endedAt: to }] });
  });
});

describe('uptime', () => {
  test('counts the seconds of ninety days, and never rounds an outage away', () => {
    const seen = new Map([['checkout', observed(AT, { days: daysUntil(AT, { 3: 600, 10: 30 }) })]]);
    const { html, json } = render(statusPage(), [], seen);
    expect(json().components[0]).toMatchObject({ uptimePercent: 99.991, state: 'operational' });
    expect(html).toContain('2026-11-18: 10 min down');
    expect(html).toContain('99.991 % uptime');
    const second = new Map([['checkout', observed(AT, { days: daysUntil(AT, { 3: 1 }) })]]);
    expect(render(statusPage(), [], second).json().components[0].uptimePercent).toBeLessThan(100);
  });
});

describe('what is private stays private', () => {
  const secret = fc.stringMatching(/^[a-z]{12}$/).map((text) => `zz${text}zz`);

  test('no file holds anything of an internal incident, a name of a person, a service, a monitor or a withdrawn notice', () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 9, maxLength: 9 }), fc.boolean(), (secrets, isPrivate) => {
        const [
          by = '',
          incidentId = '',
          service = '',
          monitor = '',
          requestId = '',
          stater = '',
          title = '',
          text = '',
          editor = '',
        ] = secrets;
        const actor = { kind: 'user', id: by, name: editor } as const;
        const event = { ...statusPage().event, actor, requestId, ip: by, userAgent: by };
        const page = statusPage({
          access: isPrivate ? 'private' : 'public',
          secretPath: 'f'.repeat(64),
          components: [componentOf('checkout', { service }), componentOf('hotline', { monitor })],
          stated: { checkout: { state: 'degraded', at: AT.toISOString(), by: stater } },
          changedBy: actor,
          event,
        });
        const update = {
          number: 1,
          at: AT.toISOString(),
          status: 'investigating',
          text: 'public',
          by,
          notify: true,
        } as const;
        const notices = [
          statusNotice({ incidentId, updates: [update], event }),
          statusNotice({
            id: 'ntc_01jd3v8m2k7q4xh2g8vq0p1m9e',
            title,
            updates: [{ ...update, text }],
            withdrawn: true,
            event,
          }),
        ];
        const all = filesOf(viewOf(page, notices, new Map([['checkout', observed(AT)]]), AT), page, PLACE)
          .map(({ key, body }) => `${key}\n${body}`)
          .join('\n');
        for (const each of secrets) expect(all).not.toContain(each);
      }),
      { numRuns: runs(100) },
    );
  });

  test('the public address of a private page names nothing of it, and has no feed', () => {
    const page = statusPage({ access: 'private', secretPath: 'a'.repeat(64), name: 'Payroll' });
    const { files, text } = render(page, [statusNotice()]);
    for (const { key, body } of files.filter((file) => !file.key.startsWith('status/private/'))) {
      expect(body, key).not.toMatch(/Payroll|checkout|Payments|aaaa/);
    }
    expect(text('status/acme.atom')).toBe('');
    expect(text('status/acme')).toContain('action="/api/status/pages/acme/open"');
    expect(text(`status/private/${'a'.repeat(64)}`)).toContain('Payroll');
  });

  test('a component may have the name of something that every object has', () => {
    const page = statusPage({ components: [componentOf('constructor')] });
    expect(render(page).json().components[0].state).toBe('operational');
  });

  test.each([
    'https://a;script-src/x.png',
    'javascript:alert(1)',
    'data:text/html;base64,PHA+',
    'http://a.example/x.png',
  ])('a logo at %s is refused', (logo) => {
    const wanted = { name: 'Acme', version: 0, logo };
    expect(SavePage.safeParse(wanted).success).toBe(false);
    expect(SavePage.safeParse({ ...wanted, logo: 'https://cdn.example:8443/x.png?y=1' }).success).toBe(true);
  });

  test('addresses that are no longer valid say so', () => {
    const former = 'b'.repeat(64);
    const page = statusPage({ access: 'private', secretPath: 'a'.repeat(64), formerPaths: [former] });
    const { text } = render(page);
    expect(text(`status/private/${former}`)).toContain('no status page at this address');
    expect(text(`status/private/${former}.json`)).toBe('');
    const deleted = render(statusPage({ deleted: true, formerPaths: [former] }));
    expect(deleted.text('status/acme')).toContain('no status page at this address');
  });
});

describe('texts of people', () => {
  const EVIL = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `'; DROP TABLE status; --`,
    ']]>&lt;b&gt;',
    '\u202Eשלום עולם العربية',
    '🔥👩‍👩‍👧‍👦🇺🇳',
    '\u0000\u0008\uFFFE',
    'x'.repeat(256),
  ];

  test.each(EVIL)('are shown as they are and run nothing: %j', (evil) => {
    const page = statusPage({
      name: evil,
      description: evil,
      components: [componentOf('checkout', { name: evil, description: evil, group: evil, service: 'checkout' })],
    });
    const notice = statusNotice({ title: evil, components: [{ id: 'checkout', state: 'degraded' }] });
    const updates = [
      {
        ...notice.updates[0],
        number: 1,
        at: AT.toISOString(),
        status: 'identified',
        text: evil,
        by: 'ana',
        notify: true,
      },
    ] as const;
    const { files } = render(page, [{ ...notice, updates: [...updates] }]);
    for (const { key, contentType, body } of files) {
      if (/html|svg|atom/.test(contentType)) {
        expect(body, key).not.toMatch(/<(script|img(?! src="(data|https):))[ >]/);
        // eslint-disable-next-line no-control-regex -- these are what XML does not have
        expect(body, key).not.toMatch(/[\u0000-\u0008\uFFFE]/);
      } else if (contentType === 'application/json') {
        expect(JSON.parse(body).page.name, key).toBe(evil);
      }
    }
  });

  test('have no script, no style attribute and no address of another host in the page', () => {
    const { html } = render(statusPage({ colour: '#ff0000' }), [statusNotice()]);
    expect(html).not.toMatch(/<script|javascript:| style=| on[a-z]+=/);
    expect(html.match(/(?:src|href)="https?:[^"]*"/g)).toBeNull();
    expect(html).toContain(`default-src 'none';style-src 'self';img-src 'self' data:;form-action 'self'`);
  });

  test('a logo with an address is the one thing that another host may serve', () => {
    const { html } = render(statusPage({ logo: 'https://cdn.example/logo.png?a=1&b="x"' }));
    expect(html).toContain(`img-src 'self' data: https://cdn.example;`);
    expect(html).toContain('src="https://cdn.example/logo.png?a=1&amp;b=&quot;x&quot;"');
  });
});

describe('a page loads little', () => {
  test('thirty components with outages, two incidents and a week of notices are within 30 KB', () => {
    const components = Array.from({ length: 30 }, (_, i) =>
      componentOf(`component-${i}`, { name: `Component number ${i}`, group: `Group ${i % 4}`, service: `s${i}` }),
    );
    const seen = new Map(
      components.map(({ id }, i) => [
        id,
        observed(AT, { days: daysUntil(AT, i % 3 === 0 ? { [i]: 700, [i + 20]: 4_000 } : {}) }),
      ]),
    );
    const update = (number: number, status: 'investigating' | 'resolved') =>
      ({
        number,
        at: AT.toISOString(),
        status,
        text: 'A text of some length. '.repeat(8),
        by: 'ana',
        notify: true,
      }) as const;
    const notices = Array.from({ length: 6 }, (_, i) =>
      statusNotice({
        id: `ntc_${String(i).padStart(26, '0')}`,
        ...(i > 1 && { status: 'resolved', endedAt: AT.toISOString() }),
        updates: [update(1, 'investigating'), update(2, 'resolved')],
      }),
    );
    const { text } = render(statusPage({ components }), notices, seen);
    const bytes = ['status/acme', 'status/acme.css'].map((key) => Buffer.byteLength(text(key)));
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(30 * 1024);
  });
});

describe('the feed', () => {
  test('has an entry for each update, and changes with nothing else', () => {
    const notice = statusNotice();
    const at = (instant: string) =>
      render(statusPage(), [notice], undefined, new Date(instant)).text('status/acme.atom');
    expect(at('2026-11-21T12:00:00.000Z')).toBe(at('2026-11-21T13:00:00.000Z'));
    expect(at('2026-11-21T12:00:00.000Z')).toContain(
      `<id>urn:tocsin:status:acme:${notice.id}:1</id><title>Investigating: Payments fail</title>`,
    );
    expect(at('2026-11-21T12:00:00.000Z')).toContain(
      '<link rel="self" type="application/atom+xml" href="https://status.example/status/acme.atom"/>',
    );
  });
});

describe('the colour of a brand', () => {
  const colour = fc
    .integer({ min: 0, max: 0xffffff })
    .map((value): Colour => `#${value.toString(16).padStart(6, '0')}`);

  test('can be read by day and by night, and stays as it is where it can be read', () => {
    fc.assert(
      fc.property(colour, fc.constantFrom(PAPER.light, PAPER.dark), (brand, paper) => {
        const mixed = readableOn(paper, brand);
        expect(contrast(mixed, paper)).toBeGreaterThanOrEqual(ENOUGH);
        if (contrast(brand, paper) >= ENOUGH) expect(mixed).toBe(brand);
      }),
      { numRuns: runs(400) },
    );
  });
});
