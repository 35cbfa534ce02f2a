#!/bin/sh
# A project outside the repository that depends on the installed artifact only, with the program of docs/java.md: it must
# compile, run and print what docs/java.md says.
#
#   fresh_project.sh SOURCE BUILD MAVEN JAVA
set -eu
source=$1 build=$2 maven=$3 java=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A local repository of its own, with what was downloaded before and nothing of ours.
repository=$folder/repository
downloads=${HOME:-/}/.m2/repository
[ ! -d "$downloads" ] || cp -al "$downloads" "$repository" 2>/dev/null || { rm -rf "$repository" && cp -r "$downloads" "$repository"; }
rm -rf "$repository/org/libpolicy"
run_maven() { "$maven" --batch-mode --quiet -Dmaven.repo.local="$repository" "$@"; }

run_maven --file "$source/bindings/java/pom.xml" -Dlibpolicy.build="$build" install -DskipTests

# The benchmarks compile against it.
run_maven --file "$source/bindings/java/bench/pom.xml" -Dlibpolicy.build="$folder/benchmarks" compile
[ -s "$folder/benchmarks/bench/classes/META-INF/BenchmarkList" ]

mkdir -p "$folder/src/main/java"
# The first program, dependency and output of the page.
awk '/^```java$/ { on = 1; next } /^```$/ && on { exit } on' "$source/docs/java.md" >"$folder/src/main/java/Ask.java"
awk '/^```text$/ { on = 1; next } /^```$/ && on { exit } on' "$source/docs/java.md" >"$folder/expected"
{
    cat <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>ask</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
XML
    awk '/^```xml$/ { on = 1; next } /^```$/ && on { exit } on' "$source/docs/java.md"
    cat <<'XML'
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <artifactId>maven-compiler-plugin</artifactId>
        <version>3.13.0</version>
      </plugin>
      <plugin>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
      </plugin>
    </plugins>
  </build>
</project>
XML
} >"$folder/pom.xml"
[ -s "$folder/src/main/java/Ask.java" ] && [ -s "$folder/expected" ]

cd "$folder"
run_maven compile dependency:build-classpath -Dmdep.outputFile=classpath
LC_ALL=C.UTF-8 "$java" -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp "target/classes:$(cat classpath)" Ask >printed
diff expected printed
