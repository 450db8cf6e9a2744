import { type DynamicModule, Inject, Module, Optional, type Provider, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { join } from 'node:path';
import type { HeartbeatDynamicModule } from '../heartbeat/heartbeat.options';
import { mounted } from '../nest/mounted';
import { type NamesOf } from '../nest/option-names';
import { checkNames } from '../nest/nested-options';
import { hasPage, relativePath } from './page-files';
import { PageController, withSlash } from './page.controller';
import { OverviewWarmUp } from './overview-warm-up';
import { PAGE_SOURCE, type PageSource, PageStore } from './page-store';

/** What a `HeartbeatPageModule` is told. */
export interface HeartbeatPageOptions {
  /** The module whose heartbeats are shown: the very object that `HeartbeatModule.forRoot` gave, which is imported too. */
  readonly heartbeats: HeartbeatDynamicModule;
  /** The engine module that belongs to it: the very object that `HeartbeatEngineModule.forRoot` gave. */
  readonly engine: DynamicModule;
  /** Where the page is, without the host's global prefix. Default: `/`. */
  readonly path?: string;
  /** Put on the page's controller, for example what lets it past a global guard of the host. Default: none. */
  readonly decorators?: readonly ClassDecorator[];
  /** Where the page is read from. Default: the one that comes with this package. */
  readonly directory?: string;
}

const OPTIONS: NamesOf<HeartbeatPageOptions> = {
  ...{ heartbeats: true, engine: true, path: true, decorators: true, directory: true },
};

/** The page for people, in English and French. It knows the API alone, and finds it by a relative address. */
@Module({})
export class HeartbeatPageModule {
  constructor(@Optional() @Inject(PAGE_SOURCE) source: PageSource | undefined) {
    if (source === undefined) {
      throw new Error(
        'HeartbeatPageModule must be imported as HeartbeatPageModule.forRoot({ heartbeats, engine })',
      );
    }
  }

  /** @throws Error that names the option that cannot be used */
  static forRoot(options: HeartbeatPageOptions): DynamicModule {
    checkNames('HeartbeatPageModule', 'what forRoot takes', options, Object.keys(OPTIONS));
    const { heartbeats, engine, path = '/', decorators, directory = builtPage() } = options;
    if (heartbeats?.mounts === undefined) throw wrong('heartbeats', 'what HeartbeatModule.forRoot returned');
    const { v2, v4 } = heartbeats.mounts;
    if (v2 === undefined) throw wrong('heartbeats', 'a module that serves v2');
    if (engine?.module === undefined) throw wrong('engine', 'what HeartbeatEngineModule.forRoot returned');
    if (typeof path !== 'string' || /[:*?(){}\s]/.test(path)) {
      throw wrong('path', 'a path of plain segments, for example /heartbeats');
    }
    const pathTo = (prefix: string): string => relativePath(segments(path), segments(prefix));
    const source: PageSource = {
      directory,
      places: { api: pathTo(v2.prefix), apiV4: v4 ? pathTo(v4.prefix) : '' },
    };
    const controller = mounted(PageController, { prefix: path, decorators });
    const atRoot = segments(path).length === 0;
    return {
      module: HeartbeatPageModule,
      imports: [heartbeats, engine],
      // Without a page its paths are nobody's.
      controllers: hasPage(directory) ? [controller] : [],
      providers: [
        { provide: PAGE_SOURCE, useValue: source },
        PageStore,
        OverviewWarmUp,
        ...(atRoot ? [] : [slashRoute(controller)]),
      ],
      exports: [PageStore],
    };
  }
}

/** Decided once the framework is known, and before the routes are. */
const slashRoute = (controller: Type<PageController>): Provider => ({
  provide: Symbol('slash'),
  inject: [HttpAdapterHost],
  useFactory: ({ httpAdapter }: HttpAdapterHost) => {
    withSlash(controller, httpAdapter.getType());
    return true;
  },
});

/** Beside what this file is compiled into. */
const builtPage = (): string => join(__dirname, '..', 'web');

const segments = (path: string): string[] => path.split('/').filter((part) => part !== '');

const wrong = (option: string, what: string): Error =>
  new Error(`HeartbeatPageModule: ${option} must be ${what}`);
