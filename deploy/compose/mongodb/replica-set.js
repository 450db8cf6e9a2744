/* global connect, print */
// Run by mongosh, once the three members answer: makes the replica set where there is none, and the application's user.
const { MONGODB_PASSWORD, MONGODB_ROOT_PASSWORD } = process.env;
const members = ['mongodb-1:27017', 'mongodb-2:27017', 'mongodb-3:27017'];
const root = `root:${encodeURIComponent(MONGODB_ROOT_PASSWORD)}`;

const [first] = members;
const one = connect(`mongodb://${root}@${first}/admin?directConnection=true`);
try {
  one.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  const config = { _id: 'rs0', members: members.map((host, _id) => ({ _id, host })) };
  one.adminCommand({ replSetInitiate: config });
  print('the replica set is made');
}

// Waits for a primary, which may be any of them.
const set = connect(
  `mongodb://${root}@${members.join()}/admin?replicaSet=rs0&serverSelectionTimeoutMS=60000`,
);
const canopsis = set.getSiblingDB('canopsis');
const user = { pwd: MONGODB_PASSWORD, roles: [{ role: 'readWrite', db: 'canopsis' }] };
if (canopsis.getUser('heartbeat') === null) canopsis.createUser({ user: 'heartbeat', ...user });
else canopsis.updateUser('heartbeat', user);
print('the replica set is ready');
