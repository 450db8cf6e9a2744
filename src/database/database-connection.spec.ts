import type { Connection } from 'mongoose';
import { EventEmitter } from 'node:events';
import { captureLog } from '../../test/events/broker';
import { DatabaseConnection } from './database-connection';

describe('DatabaseConnection', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('tells of a connection that comes and goes once, and not of each time', () => {
    const lines = captureLog();
    const driver = new EventEmitter();
    expect(new DatabaseConnection(driver as Connection, 'mongodb://localhost')).toBeDefined();
    // A try that failed.
    driver.emit('disconnected');
    for (let at = 0; at < 100; at += 1) driver.emit(at % 2 === 0 ? 'connected' : 'disconnected');
    expect(lines).toEqual([
      'log: database connected',
      'warn: database connection lost',
      'log: database connected',
    ]);
  });
});
