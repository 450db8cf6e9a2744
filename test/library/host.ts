import {
  ArgumentsHost,
  Body,
  CanActivate,
  Catch,
  Controller,
  DynamicModule,
  ExceptionFilter,
  ExecutionContext,
  Get,
  HttpException,
  INestApplication,
  Injectable,
  Module,
  NotFoundException,
  Post,
  SetMetadata,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost, NestFactory, Reflector } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { HttpFramework } from '../../src/http/adapters';

/** Put on what the host's own guard lets everybody see. */
export const OpenToAll = (): ClassDecorator & MethodDecorator => SetMetadata('openToAll', true);

@Controller('cats')
class CatController {
  @Get(':name')
  get(): never {
    throw new NotFoundException('no such cat');
  }

  @Post()
  @OpenToAll()
  create(@Body() body: unknown): unknown {
    return { body: Buffer.isBuffer(body) ? 'bytes' : body };
  }
}

/** Lets in who has the host's own key. */
@Injectable()
class KeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const open = this.reflector.getAllAndOverride<boolean>('openToAll', [
      context.getHandler(),
      context.getClass(),
    ]);
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return open || headers['x-host-key'] === 'yes';
  }
}

/** The host's own format of errors. */
@Catch()
class HostFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const { status = 500 } =
      thrown instanceof HttpException ? { status: thrown.getStatus() } : (thrown as { status?: number });
    this.host.httpAdapter.reply(context.switchToHttp().getResponse(), { host: 'says no', status }, status);
  }
}

@Module({})
class HostModule {
  static with(imports: DynamicModule['imports']): DynamicModule {
    const providers = [{ provide: APP_GUARD, useClass: KeyGuard }, HostFilter];
    return { module: HostModule, imports, controllers: [CatController], providers };
  }
}

/** An application of somebody else, with routes, guard, filter and pipe of its own, on a free port of loopback. */
export async function startHost(
  framework: HttpFramework,
  imports: DynamicModule['imports'],
  prepare: (app: INestApplication) => void = () => undefined,
): Promise<INestApplication> {
  const adapter = framework === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(HostModule.with(imports), adapter as ExpressAdapter, {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(app.get(HostFilter));
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      validateCustomDecorators: true,
    }),
  );
  prepare(app);
  await app.listen(0, '127.0.0.1');
  return app;
}
