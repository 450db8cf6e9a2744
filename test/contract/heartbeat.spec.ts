import { MATRIX, TestApplication, startTestApplication } from '../support/application';

describe.each(MATRIX)('the heartbeat API on %s in %s', (framework, dialect) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework, dialect });
  });
  afterAll(() => app.close());

  it('creates a heartbeat', async () => {
    const json = { pattern: { connector: 'c1', connector_name: 'connector1' }, expected_interval: '10s' };
    const created = await app.request('POST', '/api/v2/heartbeat', { json });
    expect(created.status).toBe(200);
    expect(created.json).toEqual({ name: 'heartbeat created', description: expect.any(String) as string });
  });
});
