/** One instruction of a Dockerfile, its continued lines joined: `{ keyword: 'ENV', rest: 'A=1 B=2' }`. */
export interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, without comments, grouped into its stages: each starts with its FROM. */
export function dockerfileStages(text: string): Instruction[][] {
  const joined = text.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, '');
  const stages: Instruction[][] = [];
  for (const line of joined.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const [, keyword = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (keyword === 'FROM') stages.push([]);
    stages.at(-1)?.push({ keyword, rest });
  }
  return stages;
}

/** What `ENV A=1 B=2` sets; values in quotes are not needed here and not understood. */
export function environmentOf(stage: readonly Instruction[]): Record<string, string> {
  const pairs = stage.filter(({ keyword }) => keyword === 'ENV').flatMap(({ rest }) => rest.split(/\s+/));
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/, 2)) as [string, string][]);
}

/** The paths that a stage copies from the build context, not from another stage. */
export function copiedPaths(stage: readonly Instruction[]): string[] {
  return stage
    .filter(({ keyword, rest }) => keyword === 'COPY' && !rest.startsWith('--from='))
    .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
}
