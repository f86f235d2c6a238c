import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.bouncycastle.crypto.digests.SHA3Digest;

/**
 * The work of by-hash.ts done with BouncyCastle. Each line of the input is `WORK SECONDS ARGUMENT..`, answered by `RESULT CPU WALL`: what the
 * work gives, as hex digits, and how often it was done per second of this thread's CPU time and by the clock on the wall.
 */
final class BouncyCastle {
  private static final HexFormat HEX = HexFormat.of();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int CHAINS = 34;
  private static final int STEPS = 255;
  private static final SHA3Digest DIGEST = new SHA3Digest(256);

  public static void main(String[] unused) throws Exception {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      byte[][] data = new byte[words.length - 2][];
      for (int i = 2; i < words.length; i++) data[i - 2] = HEX.parseHex(words[i]);
      Supplier<byte[]> work = workOf(words[0], data);
      byte[] result = work.get();
      System.out.println(HEX.formatHex(result) + " " + rate(work, Double.parseDouble(words[1])));
    }
  }

  private static Supplier<byte[]> workOf(String name, byte[][] data) {
    return switch (name) {
      case "hash" -> () -> hash(data[0]);
      case "search" -> () -> search(data[0], (data[1][0] & 255) << 8 | data[1][1] & 255, data[2], data[3][0] & 255);
      case "key" -> () -> publicKey(data[0]);
      case "sign" -> () -> sign(data[0], data[1]);
      case "recover" -> () -> recover(data[0], data[1]);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static String rate(Supplier<byte[]> work, double seconds) {
    long clock = System.nanoTime();
    long started = THREADS.getCurrentThreadCpuTime();
    long runs = 0;
    long spent = 0;
    while (spent < seconds * 1e9) {
      work.get();
      runs++;
      spent = THREADS.getCurrentThreadCpuTime() - started;
    }
    return runs * 1e9 / spent + " " + runs * 1e9 / (System.nanoTime() - clock);
  }

  private static byte[] hash(byte[] data) {
    byte[] result = new byte[32];
    hash(data, 0, data.length, result, 0);
    return result;
  }

  private static void hash(byte[] data, int from, int length, byte[] to, int at) {
    DIGEST.reset();
    DIGEST.update(data, from, length);
    DIGEST.doFinal(to, at);
  }

  /** Writes a counter into eight bytes and hashes, again and again; gives how many hashes were below the target. */
  private static byte[] search(byte[] message, int offset, byte[] target, int attempts) {
    byte[] digest = new byte[32];
    byte hits = 0;
    for (int i = 0; i < attempts; i++) {
      for (int j = 0; j < 8; j++) message[offset + j] = (byte) (j == 7 ? i : 0);
      hash(message, 0, message.length, digest, 0);
      if (Arrays.compareUnsigned(digest, target) < 0) hits++;
    }
    return new byte[] {hits, 0, 0, 0};
  }

  private static byte[] publicKey(byte[] seed) {
    byte[] chains = secrets(seed);
    for (int i = 0; i < CHAINS; i++) walk(chains, i, STEPS);
    return hash(chains);
  }

  private static byte[] sign(byte[] seed, byte[] message) {
    int[] digits = digits(message);
    byte[] chains = secrets(seed);
    for (int i = 0; i < CHAINS; i++) walk(chains, i, digits[i]);
    return chains;
  }

  private static byte[] recover(byte[] message, byte[] signature) {
    int[] digits = digits(message);
    byte[] chains = signature.clone();
    for (int i = 0; i < CHAINS; i++) walk(chains, i, STEPS - digits[i]);
    return hash(chains);
  }

  private static void walk(byte[] chains, int index, int steps) {
    for (int i = 0; i < steps; i++) hash(chains, index * 32, 32, chains, index * 32);
  }

  private static byte[] secrets(byte[] seed) {
    byte[] state = seed.clone();
    byte[] secrets = new byte[CHAINS * 32];
    for (int i = 0; i < CHAINS; i++) {
      hash(state, 0, state.length, secrets, i * 32);
      int carry = 1;
      for (int j = 0; j < state.length; j++) {
        carry += (state[j] & 255) + (secrets[i * 32 + j] & 255);
        state[j] = (byte) carry;
        carry >>= 8;
      }
    }
    return secrets;
  }

  private static int[] digits(byte[] message) {
    byte[] digest = hash(message);
    int[] digits = new int[CHAINS];
    int checksum = 8192;
    for (int i = 0; i < 32; i++) {
      digits[i] = digest[i] & 255;
      checksum -= digits[i];
    }
    digits[32] = checksum & 255;
    digits[33] = checksum >> 8;
    return digits;
  }
}
