/** Injection token by which a module says that some of its routes belong to a {@link Site}. */
export const MOUNTED_SITE = Symbol('MOUNTED_SITE');

/**
 * The routes of one `HeartbeatModule` and of the modules that belong to it. Each of these provides it as {@link MOUNTED_SITE},
 * by which `host/` finds them without knowing their classes.
 */
export class Site {
  /**
   * Both without the host's global prefix.
   * @param paths paths below which every request is meant for this site
   * @param v4Paths those among them that version 4 of the API has
   */
  constructor(
    readonly paths: readonly string[],
    readonly v4Paths: readonly string[] = [],
  ) {}
}
