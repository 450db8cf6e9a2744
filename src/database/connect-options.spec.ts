import { connectOptions } from './connect-options';

describe('connectOptions', () => {
  it.each([
    ['mongodb://host', 'canopsis'],
    ['mongodb://host/', 'canopsis'],
    ['mongodb://host/?w=majority', 'canopsis'],
    ['mongodb://host?w=majority', 'canopsis'],
    ['mongodb://host?appName=team/heartbeat', 'canopsis'],
    ['mongodb://host/?tlsCAFile=/etc/ca.pem', 'canopsis'],
    ['mongodb://host/own', 'own'],
    ['mongodb://host/own?tlsCAFile=/etc/ca.pem', 'own'],
    ['mongodb+srv://user:p%2Fw@host/o%20wn?w=majority', 'o wn'],
    ['mongodb://a,b:27018/own?replicaSet=rs', 'own'],
    ['mongodb://%2Ftmp%2Fmongo.sock/own', 'own'],
  ])('takes the database of %s to be %s', (uri, name) => expect(connectOptions(uri).dbName).toBe(name));
});
