/** What every event needs, where the pattern does not say it. */
const NEEDED = { connector: 'manual', connector_name: 'manual', component: 'manual', event_type: 'check' };

/**
 * @param user whose password curl is to ask for; null where the API asks for none
 * @returns a command for a shell that sends an event with this pattern
 */
export function commandOf(pattern: Record<string, string>, address: string, user: string | null): string {
  const event = { ...NEEDED, ...pattern, ...(pattern.source_type === 'resource' && resourceOf(pattern)) };
  const parts = ['curl', ...(user === null ? [] : ['-u', quoted(user)])];
  return [
    ...parts,
    "-H 'Content-Type: application/json'",
    '-d',
    quoted(JSON.stringify(event)),
    quoted(address),
  ].join(' ');
}

/** The API makes an event one of a resource by this field. */
const resourceOf = ({ resource }: Record<string, string>): { resource: string } => ({
  resource: resource ?? 'manual',
});

/** A word of a POSIX shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
