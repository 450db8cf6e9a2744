import { invalidPayload } from '../../canopsis/canopsis-error';
import { validateSync } from '../../util/class-validator';
import { HeartbeatDto } from './heartbeat.dto';
import { isJsonObject } from '../../util/json-object';

/** Those that have been looked at: a body comes through a pipe, and then to the service. */
const valid = new WeakSet<object>();

/**
 * @param body what should be a heartbeat: parsed JSON, or an object of a host's own code
 * @throws CanopsisError 400 `invalid heartbeat payload.`
 */
export function validHeartbeat(body: unknown): HeartbeatDto {
  if (!isJsonObject(body)) throw invalidPayload('heartbeat', 'the body must be an object');
  if (valid.has(body)) return body as object as HeartbeatDto;
  const dto = new HeartbeatDto(body);
  const [first] = validateSync(dto, { stopAtFirstError: true });
  if (first) throw invalidPayload('heartbeat', Object.values(first.constraints ?? {}).join(' '));
  valid.add(dto);
  return dto;
}
