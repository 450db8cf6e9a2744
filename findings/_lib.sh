# Sourced by each finding: an empty temporary folder that is removed at the end, pinned packages in it, and servers of
# Debian's packages on a free port of loopback.
set -euo pipefail
work=$(mktemp -d)
started=()
finish() {
  for pid in ${started[@]+"${started[@]}"}; do
    kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  done
  rm -rf "$work" 2>/dev/null || { sleep 1; rm -rf "$work"; }
}
trap finish EXIT
cd "$work"
export TZ=UTC

# npm_packages NAME@VERSION…: installs just these, without their install scripts
npm_packages() {
  echo '{"private":true}' >package.json
  npm install --no-audit --no-fund --ignore-scripts --loglevel=error "$@" >install.log 2>&1 || { cat install.log >&2; exit 2; }
  echo "node $(node --version), $*"
}

# python_packages NAME==VERSION…: a virtual environment of its own, first in PATH
python_packages() {
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$@"
  PATH=$work/venv/bin:$PATH
  echo "$(python3 --version), $*"
}

# needs COMMAND PACKAGE: leaves with 77 where a Debian package is missing
needs() { command -v "$1" >/dev/null || [ -x "$1" ] || { echo "skipped: needs Debian's $2" >&2; exit 77; }; }

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); });'
}

# mongo_java_server VERSION: starts it with its store in memory, and puts its port into $port; needs Java 17 and Maven
mongo_java_server() {
  needs mvn maven
  needs javac default-jdk-headless
  mkdir server
  cat >server/pom.xml <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>findings</groupId><artifactId>server</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server</artifactId><version>$1</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
XML
  # The driver of the findings speaks to nothing older than MongoDB 4.2.
  cat >server/Serve.java <<'JAVA'
import de.bwaldvogel.mongo.*;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;
class Serve {
  public static void main(String[] args) throws Exception {
    new MongoServer(new MemoryBackend().version(new MongoVersion() {
      public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
      public int getWireVersion() { return 13; }
    })).bind("127.0.0.1", Integer.parseInt(args[0]));
    Thread.sleep(Long.MAX_VALUE);
  }
}
JAVA
  mvn -q -B -f server/pom.xml dependency:copy-dependencies -DoutputDirectory=lib >server/log 2>&1 || { cat server/log >&2; exit 2; }
  port=$(free_port)
  java -cp 'server/lib/*' server/Serve.java "$port" >server/log 2>&1 </dev/null &
  started+=($!)
  for _ in $(seq 150); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.2; done
  echo "mongo-java-server $1, $(java --version | head -1)"
}
