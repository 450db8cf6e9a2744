#!/bin/sh
# sh make-secrets.sh [USER]
# Makes what compose.yml asks for, where it is missing: .env with random passwords, the key of the replica set, and the users
# file with one user (default: operator), whose password it prints once. Needs openssl, and a build (npm ci && npm run build). What exists is never changed.
set -eu
cd "$(dirname "$0")"
umask 077
user=${1:-operator}
password() { openssl rand -hex 24; }

if [ ! -e .env ]; then
  cat > .env <<END
MONGODB_ROOT_PASSWORD=$(password)
MONGODB_PASSWORD=$(password)
RABBITMQ_PASSWORD=$(password)
METRICS_PASSWORD=$(password)
END
  echo 'made .env'
fi

mkdir -p secrets
if [ ! -e secrets/mongodb-key ]; then
  openssl rand -base64 756 > secrets/mongodb-key
  echo 'made secrets/mongodb-key'
fi
if [ ! -e secrets/heartbeat-users ]; then
  secret=$(password)
  # Named first and moved last: half a file would count as made.
  printf %s "$secret" | node ../../dist/main.js hash-password "$user" > secrets/heartbeat-users.new
  # Read in the container by user 1000, which is not who runs this.
  chmod 0644 secrets/heartbeat-users.new
  mv secrets/heartbeat-users.new secrets/heartbeat-users
  echo "made secrets/heartbeat-users: user $user, password $secret"
fi
