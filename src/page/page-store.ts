import { Inject, Injectable, Logger } from '@nestjs/common';
import { type PageFiles, type PagePlaces, hasPage, readPageFiles } from './page-files';
import { errorText } from '../util/error-text';

/** Injection token of the {@link PageSource}. */
export const PAGE_SOURCE = Symbol('PAGE_SOURCE');

/** Where the page is read from, and what it is told. */
export interface PageSource {
  /** What `npm run build` made of `web/`. */
  readonly directory: string;
  readonly places: PagePlaces;
}

/** Holds the files of the page. They are read and compressed once, for the first who asks: a quarter of a second of processor time. */
@Injectable()
export class PageStore {
  private readonly logger = new Logger('Page');
  private reading: Promise<PageFiles | undefined> | undefined;

  constructor(@Inject(PAGE_SOURCE) private readonly source: PageSource) {}

  /** Whether the page was built. */
  get exists(): boolean {
    return hasPage(this.source.directory);
  }

  /** @returns undefined where the page was not built, or cannot be read; never rejects */
  files(): Promise<PageFiles | undefined> {
    this.reading ??= this.read();
    return this.reading;
  }

  private async read(): Promise<PageFiles | undefined> {
    const { directory, places } = this.source;
    try {
      const files = await readPageFiles(directory, places);
      if (files === undefined) this.logger.warn(`there is no page: npm run build makes it, in ${directory}`);
      return files;
    } catch (error) {
      this.logger.error(`there is no page: ${errorText(error)}`);
      return undefined;
    }
  }
}
