/** Names that other products, and Canopsis itself, give to what we call otherwise. */
const SYNONYMS: readonly { readonly pattern: RegExp; readonly meant: string }[] = [
  { pattern: /^(CPS_|CANOPSIS_)?MONGO(DB)?_?(URL|URI|DSN|CONNECTION(_STRING)?)$/, meant: 'MONGODB_URI' },
  {
    pattern: /^(CPS_|CANOPSIS_)?(AMQPS?|RABBIT(_?MQ)?)_?(URL|URI|DSN|CONNECTION(_STRING)?)$/,
    meant: 'AMQP_URL',
  },
  { pattern: /^(ALARM_?)?WEBHOOK_?(URL|URI)$/, meant: 'ALARM_WEBHOOK_URL' },
  { pattern: /^(ALARM_?)?ALERT_?MANAGER_?(URL|URI)$/, meant: 'ALARM_ALERTMANAGER_URL' },
  { pattern: /^LOGGING_LEVEL$/, meant: 'LOG_LEVEL' },
];
/** What people put before a name so that it is the product's own. */
const PREFIX = /^(HEARTBEAT|CANOPSIS_HEARTBEAT|CANOPSIS|CPS)_/;
/** Shorter names are too near to others: HOST and PORT to half of the dictionary. */
const LONG_ENOUGH = 7;

/**
 * @param name an environment variable that is none of ours
 * @param known the names that are
 * @returns the setting that was probably meant
 */
export function meantBy(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase();
  const synonym = SYNONYMS.find(({ pattern }) => pattern.test(upper));
  if (synonym) return synonym.meant;
  const bare = upper.replace(PREFIX, '');
  if (bare !== upper && known.includes(bare)) return bare;
  return known.find((one) => one.length >= LONG_ENOUGH && (isNear(upper, one) || isNear(bare, one)));
}

/** Whether one letter too many, too few, wrong or in the wrong place makes the difference; case and underscores do not count. */
function isNear(name: string, known: string): boolean {
  const a = name.replaceAll('_', '');
  const b = known.replaceAll('_', '');
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}
