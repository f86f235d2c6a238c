const { MINIMA_JAR, MINIMA_CLASSPATH, MINIMA_JAVA_MEMORY = "160m" } = process.env;

/** The reference node's class path, if the environment names one: its JAR file, or a whole class path. */
const classpath = MINIMA_CLASSPATH ?? MINIMA_JAR;

/** Whether there is a reference node to talk to. Without one these tests are skipped. */
export const hasReference = classpath !== undefined && classpath !== "";

/** Arguments of `java` that come before those of the reference node itself. */
export function referenceCommand(): string[] {
  if (classpath === undefined) throw new Error("set MINIMA_JAR or MINIMA_CLASSPATH");
  return [`-Xmx${MINIMA_JAVA_MEMORY}`, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath, "org.minima.Minima"];
}
