import { Inject, Injectable, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module';
import { GUARDED } from '../auth/basic-auth.guard';
import { openApiDocument } from './document';

/** The document of one heartbeat module, and of the modules that belong to it: those that import it, directly or not. */
@Injectable()
export class ServedDocument {
  private made: string | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
    @Inject(GUARDED) private readonly guarded: boolean,
  ) {}

  /** @returns JSON; made at the first call, when all routes are known, and kept */
  text(): string {
    this.made ??= JSON.stringify(
      openApiDocument({
        controllers: this.controllers(),
        prefix: this.config.getGlobalPrefix(),
        guarded: this.guarded,
      }),
    );
    return this.made;
  }

  private controllers(): Type<object>[] {
    const all = [...this.modules.values()];
    const belonging = new Set(
      all.filter(({ providers }) => providers.get(ServedDocument)?.instance === this),
    );
    // Each round finds those that import what the one before has found.
    for (let before = 0; before < belonging.size;) {
      before = belonging.size;
      for (const module of all) if (importsOneOf(module, belonging)) belonging.add(module);
    }
    return [...belonging].flatMap(({ controllers }) =>
      [...controllers.values()].map(({ metatype }) => metatype as Type<object>),
    );
  }
}

const importsOneOf = ({ imports }: Module, wanted: ReadonlySet<Module>): boolean =>
  [...imports].some((imported) => wanted.has(imported));
