import { contextOf, importsOf, isLoaded, loadedBy, roleOf, withoutComments, type House, type Import } from './house.ts';

/** Names every trespass, each beginning with the path of the file that commits it. */
export type Rule = (house: House) => readonly string[];

const isAws = (to: string): boolean => to.startsWith('@aws-sdk/') || to.startsWith('@aws-lambda-powertools/');

/** Files that each speak to one service of AWS beside DynamoDB, and do nothing else. One that no longer does is reported. */
const ADAPTERS: ReadonlySet<string> = new Set([
  'functions/auth/meters/usage-keys.ts',
  'functions/health/overview/sms-account.ts',
  'shared/channels/email.ts',
  'shared/channels/end-user-messaging.ts',
  'shared/channels/sms.ts',
  'shared/channels/topic.ts',
]);

/** The only readers of the environment: the register, and the application, which the CDK command line gives its account. */
const ENVIRONMENT_READERS: ReadonlySet<string> = new Set(['shared/kernel/env.ts', 'infra/application.ts']);

const told = ({ from, to }: Import): string => `${from} -> ${to}`;
const filesIn = (house: House, place: RegExp): string[] => [...house.keys()].filter((file) => place.test(file));
const importsIn = (house: House, place: RegExp): Import[] =>
  filesIn(house, place).flatMap((file) => importsOf(house, file));

/** Only these may be imported from there. */
const onlyImports =
  (place: RegExp, allowed: RegExp): Rule =>
  (house) =>
    importsIn(house, place)
      .filter(({ to }) => !allowed.test(to))
      .map(told);

/** None of these may be imported from there, not even a type. */
const neverImports =
  (place: RegExp, forbidden: RegExp): Rule =>
  (house) =>
    importsIn(house, place)
      .filter(({ to }) => forbidden.test(to))
      .map(told);

/** No file there has this in its code. */
const neverSays =
  (place: RegExp, forbidden: RegExp, except: ReadonlySet<string>): Rule =>
  (house) =>
    filesIn(house, place)
      .filter((file) => !except.has(file) && forbidden.test(withoutComments(house.get(file) ?? '')))
      .map((file) => `${file} says ${forbidden.exec(withoutComments(house.get(file) ?? ''))?.[0]}`);

/** Surfaces, shapes and what they load; and what stores of the same context load of it. */
const modelsOf = (house: House): readonly string[] => {
  const data = filesIn(house, /^functions\//).filter((file) => ['surface', 'shape'].includes(roleOf(file) ?? ''));
  const underStores = filesIn(house, /^functions\//)
    .filter((file) => roleOf(file) === 'store')
    .flatMap((store) =>
      importsOf(house, store).filter((each) => isLoaded(each) && contextOf(each.to) === contextOf(store)),
    )
    .map(({ to }) => to);
  return [...loadedBy(house, [...data, ...underStores])].filter(
    (file) => contextOf(file) !== undefined && roleOf(file) !== 'store',
  );
};

/** What a model may load: no SDK, no entry, no composition, and of Node only what computes. */
const doesIo = (house: House, { to, ...rest }: Import): boolean => {
  if (!isLoaded({ to, ...rest })) return false;
  if (isAws(to) || (to.startsWith('node:') && !/^node:(crypto|net|buffer|util|zlib|assert)$/.test(to))) return true;
  if (['entry', 'deps'].includes(roleOf(to) ?? '')) return true;
  // A file of `shared/aws` that loads no SDK, such as the shape of a table, is data.
  return to.startsWith('shared/aws/') && [...loadedBy(house, [to])].some((file) => loadsSdk(house, file));
};

const loadsSdk = (house: House, file: string): boolean =>
  importsOf(house, file).some((each) => isLoaded(each) && isAws(each.to));

const commandsOf = ({ to, values }: Import): readonly string[] =>
  isAws(to) ? values.filter((name) => name === '*' || /Command( as \w+)?$/.test(name)) : [];

/** The rules of the house, by what each guarantees. `test/architecture.test.ts` shows that each fails for a trespass. */
export const RULES: Readonly<Record<string, Rule>> = {
  'the kernel imports nothing but the schema library, Node and small libraries of its own': onlyImports(
    /^shared\/kernel\//,
    /^(node:|zod|ulid$|re2js$|fastest-levenshtein$|shared\/kernel\/)/,
  ),

  'the calendar imports nothing but the kernel, the schema library, Temporal and the reader of recurrence rules':
    onlyImports(/^shared\/calendar\//, /^(zod|temporal-polyfill|rrule-temporal|shared\/(calendar|kernel)\/)/),

  'shared knows no context': neverImports(/^shared\//, /^(functions|infra|local|operate|test|bench)\//),

  'functions import nothing of those above them: infra, local, operate, test and bench': neverImports(
    /^functions\//,
    /^(infra|local|operate|test|bench)\//,
  ),

  'infrastructure imports neither the SDK nor local, operate, test or bench': (house) =>
    importsIn(house, /^infra\//)
      .filter(({ from, to }) => {
        const isStandIn = from.startsWith('infra/stand-ins/');
        return (isAws(to) && !isStandIn) || /^(local|operate|test|bench)\//.test(to);
      })
      .map(told),

  'a context reaches into another only by its events, its port and its grants': (house) =>
    importsIn(house, /^functions\//)
      .filter(({ from, to }) => {
        const other = contextOf(to);
        return other !== undefined && other !== contextOf(from) && !/\/(events|grants|port)\.ts$/.test(to);
      })
      .map(told),

  'ports form no circle: no context asks another that asks it': (house) => {
    const asks = importsIn(house, /^functions\//).filter(
      ({ from, to }) =>
        /\/(grants|port)\.ts$/.test(to) && contextOf(to) !== undefined && contextOf(to) !== contextOf(from),
    );
    const reached = (context: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> =>
      asks
        .filter(({ from, to }) => contextOf(from) === context && !seen.has(contextOf(to) ?? ''))
        .reduce((all, { to }) => reached(contextOf(to) ?? '', new Set([...all, contextOf(to) ?? ''])), seen);
    return asks.filter(({ from, to }) => reached(contextOf(to) ?? '').has(contextOf(from) ?? '')).map(told);
  },

  'infrastructure reaches data only: surfaces, shapes and ports': (house) =>
    importsIn(house, /^infra\//)
      .filter(({ to }) => contextOf(to) !== undefined && !['surface', 'shape', 'port'].includes(roleOf(to) ?? ''))
      .map(told),

  'what infrastructure reads at synthesis loads no SDK': (house) => {
    const data = filesIn(house, /^functions\//).filter((file) => ['surface', 'shape'].includes(roleOf(file) ?? ''));
    const read = importsIn(house, /^infra\//).filter((each) => isLoaded(each) && contextOf(each.to) !== undefined);
    return [...loadedBy(house, [...data, ...read.map(({ to }) => to)])]
      .flatMap((file) => importsOf(house, file))
      .filter((each) => isLoaded(each) && isAws(each.to))
      .map(told);
  },

  'models do no IO: what surfaces, shapes and stores are made of loads no SDK, no entry and no composition': (house) =>
    modelsOf(house)
      .flatMap((file) => importsOf(house, file))
      .filter((each) => doesIo(house, each))
      .map(told),

  'only stores and shared/aws import commands of the SDK, and adapters that each speak to one service': (house) => {
    const users = importsIn(house, /^(functions|shared|infra)\//).filter((each) => commandsOf(each).length > 0);
    const trespasses = users.filter(
      ({ from, to }) =>
        !from.startsWith('shared/aws/') &&
        roleOf(from) !== 'store' &&
        (!ADAPTERS.has(from) || to.includes('client-dynamodb')),
    );
    const former = [...ADAPTERS].filter((file) => house.has(file) && !users.some(({ from }) => from === file));
    return [...trespasses.map(told), ...former.map((file) => `${file} is no adapter any more: take it off the list`)];
  },

  'every message to a queue goes through one sender, which escapes what SQS refuses': neverSays(
    /^(functions|shared|infra)\//,
    /\bSendMessage(Batch)?Command\b/,
    new Set(['shared/aws/send-message.ts']),
  ),

  'only stores, ports, composition and entries load what reaches DynamoDB': (house) =>
    importsIn(house, /^functions\//)
      .filter((each) => isLoaded(each) && each.to === 'shared/aws/dynamo.ts')
      .filter(({ from }) => !['store', 'port', 'deps', 'entry'].includes(roleOf(from) ?? ''))
      .map(told),

  'every file of routes is served: infra/surface.ts loads it': (house) => {
    const served = loadedBy(house, ['infra/surface.ts']);
    return filesIn(house, /^functions\/.*\/([\w-]+-)?routes\.ts$/).filter((file) => !served.has(file));
  },

  'nobody imports an entry': (house) =>
    importsIn(house, /^(functions|shared|infra)\//)
      .filter(({ to }) => roleOf(to) === 'entry')
      .map(told),

  'verbs and models are given what they need: only entries and ports load the composition': (house) =>
    importsIn(house, /^functions\//)
      .filter(({ from, to }) => roleOf(to) === 'deps' && !['entry', 'deps', 'port'].includes(roleOf(from) ?? ''))
      .map(told),

  'only the register of the environment reads the environment': neverSays(
    /^(functions|shared|infra)\//,
    /\bprocess\s*(\.|\?\.)\s*env\b|\bprocess\s*\[|import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*'(node:)?process'/,
    ENVIRONMENT_READERS,
  ),

  'only the clock of the kernel reads the time': neverSays(
    /^(functions|shared)\//,
    /\bnew Date\(\s*\)|\bDate\.now\b|\bDate\(\s*\)|\bTemporal\.Now\b/,
    new Set(['shared/kernel/clock.ts']),
  ),

  'only the clock of the console reads the time of the device': neverSays(
    /^web\/src\//,
    /\bnew Date\(\s*\)|\bDate\.now\b|\bDate\(\s*\)/,
    new Set(['web/src/session/clock.ts']),
  ),

  'dates and numbers of the console are written by one place each': neverSays(
    /^web\/src\//,
    /\bIntl\.|\.toLocale(?:Date|Time)?String\b/,
    new Set(['web/src/shell/locale.ts', 'web/src/shell/times.ts', 'web/src/shell/figures.ts']),
  ),

  'the emulator runs any application: it imports nothing of ours but itself': (house) =>
    importsIn(house, /^local\/emulator\//)
      .filter(({ to }) => /^(functions|shared|infra|test|bench|web|local\/(?!emulator\/))/.test(to))
      .map(told),

  'the emulator has no word of Tocsin in its code': neverSays(
    /^local\/emulator\//,
    /tocsin|slack|teams|paging|on-?call|incident|escalat|PagesTopic|SmsReplies/i,
    new Set(),
  ),

  'the console knows the backend by the types of its contract alone': neverImports(
    /^web\/src\//,
    /^(functions|shared|infra|local|operate|test|bench)\//,
  ),

  'a button of the console submits a form only where it says so: forms are SubmitForm, and their button is Submit':
    neverSays(
      /^web\/src\//,
      /<form[\s>]|formAction="submit"|type="submit"/,
      new Set(['web/src/shell/submit-form.tsx']),
    ),

  'chance comes from node:crypto': neverSays(/^(functions|shared|infra)\//, /\bMath\.random\b/, new Set()),
};
