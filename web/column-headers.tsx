import type { JSX } from 'preact';

/** The first row of a table: the names of its columns. */
export function ColumnHeaders({ names }: { names: readonly string[] }): JSX.Element {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
