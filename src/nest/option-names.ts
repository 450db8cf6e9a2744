import type { DynamicModule } from '@nestjs/common';
import { unknownField } from '../util/json-object';

/** Every name of an options type, so that the compiler tells when one is forgotten. */
export type NamesOf<T> = Readonly<Record<keyof Required<T>, true>>;

/** What gives the options later, and what that needs. */
const SOURCES = ['useFactory', 'useClass', 'useExisting'];
const ASYNC = [...SOURCES, 'inject', 'imports', 'provideInjectionTokensFrom'];

/** Refuses options that nobody reads: misspelled ones, and those in the wrong place. */
export class OptionNames {
  private readonly options: readonly string[];
  private readonly extras: readonly string[];

  /**
   * @param module its name, for the errors
   * @param options what a factory can give too
   * @param extras what always stands in the call itself
   */
  constructor(
    private readonly module: string,
    options: Readonly<Record<string, true>>,
    extras: Readonly<Record<string, true>>,
  ) {
    this.options = Object.keys(options);
    this.extras = Object.keys(extras);
  }

  /** @throws Error for what `forRoot` does not take */
  forRoot(given: object): void {
    this.check('forRoot', given, [...this.options, ...this.extras]);
  }

  /** @throws Error for what `forRootAsync` does not take, where no factory gives the options, or more than one */
  forRootAsync(given: object): void {
    const misplaced = Object.keys(given).find((name) => this.options.includes(name));
    if (misplaced !== undefined) {
      throw this.error(`forRootAsync: ${misplaced} must be in what the factory returns, not beside it`);
    }
    this.check('forRootAsync', given, [...ASYNC, ...this.extras]);
    if (!isAsync(given)) throw this.error(`forRootAsync needs one of ${SOURCES.join(', ')}`);
  }

  /** @throws Error for what a factory must not give */
  returned(given: unknown): void {
    if (typeof given !== 'object' || given === null) throw this.error('the factory must return the options');
    const misplaced = Object.keys(given).find((name) => this.extras.includes(name));
    if (misplaced !== undefined) {
      throw this.error(`${misplaced} must stand beside the factory, not in what it returns`);
    }
    this.check('what the factory returns', given, this.options);
  }

  private check(where: string, given: unknown, known: readonly string[]): void {
    if (typeof given !== 'object' || given === null)
      throw this.error(`${where}: the options must be an object`);
    const unknown = unknownField(given, known);
    if (unknown === undefined) return;
    throw this.error(`${where}: there is no option ${unknown}; there are ${known.join(', ')}`);
  }

  private error(problem: string): Error {
    return new Error(`${this.module}: ${problem}`);
  }
}

const isAsync = (given: object): boolean => SOURCES.some((name) => name in given);

/** Whether the options that Nest's builder provides under this token come from a factory or a class. */
export const areAsync = ({ providers = [] }: DynamicModule, token: string | symbol): boolean =>
  providers.some(
    (provider) => 'provide' in provider && provider.provide === token && 'useFactory' in provider,
  );
