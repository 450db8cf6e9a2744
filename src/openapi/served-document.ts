import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module';
import type { Type } from '@nestjs/common';
import { GUARDED } from '../auth/basic-auth.guard';
import { openApiDocument } from './document';

/** The document of one heartbeat module, and of the modules that belong to it: those that import it. */
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
    const own = all.find((module) => module.providers.get(ServedDocument)?.instance === this);
    const belongs = (module: Module): boolean =>
      module === own || (own !== undefined && module.imports.has(own));
    return all
      .filter(belongs)
      .flatMap(({ controllers }) =>
        [...controllers.values()].map(({ metatype }) => metatype as Type<object>),
      );
  }
}
