/** One environment variable: all that help, docs/settings.md and validation need to know of it. */
export interface SettingDefinition<T> {
  /** The environment variable, for example `PORT`. */
  readonly name: string;
  /** One or two plain sentences, shown by `--help` and in docs/settings.md. No Markdown, no `|`. */
  readonly description: string;
  /** Text that is read as if it had been set. Without it the setting is optional. */
  readonly default?: string;
  /** True where a value may hold a password: no message ever shows it. */
  readonly secret?: boolean;
  /** Another name of the same variable, which counts where the first is not set. */
  readonly alias?: string;
  /** Reads a non-empty text; throws {@link InvalidValue} where it is not what it should be. */
  readonly parse: (text: string) => T;
}

/** A property that must not be absent needs a default, and the compiler sees to it. */
export type SettingTable<T> = {
  readonly [K in keyof T]-?: SettingDefinition<NonNullable<T[K]>> &
    (undefined extends T[K] ? unknown : { readonly default: string });
};

/**
 * Thrown by a parser. Its message says what the value should be and completes "PORT should be …";
 * it never repeats the value, which may be a secret.
 */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
}
