import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HexFormat;
import org.minima.objects.TxHeader;
import org.minima.objects.TxPoW;
import org.minima.objects.base.MiniData;
import org.minima.system.brains.TxPoWMiner;

/**
 * Has the reference's miner search for a nonce that does not exist, on one thread. Each line of the input is `mine SECONDS HEADER`, in
 * hex digits, answered by `00 CPU WALL`: that nothing was found, and attempts per second of this thread's CPU time and by the clock on the
 * wall.
 */
final class ReferenceMiner {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** A TxPoW with a given header; it counts how often a hash is compared with its difficulty. */
  private static final class Impossible extends TxPoW {
    private static final MiniData TARGET = new MiniData(new byte[32]);
    private final TxHeader header;
    private long attempts = 0;

    Impossible(String header) {
      this.header = TxHeader.convertMiniDataVersion(new MiniData(HexFormat.of().parseHex(header)));
    }

    @Override
    public TxHeader getTxHeader() {
      return header;
    }

    @Override
    public MiniData getTxnDifficulty() {
      attempts++;
      return TARGET;
    }
  }

  public static void main(String[] unused) throws Exception {
    TxPoWMiner miner = new TxPoWMiner();
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      System.out.println("00 " + rate(miner, new Impossible(words[2]), (long) (Double.parseDouble(words[1]) * 1000)));
    }
    // Its own thread would go on.
    System.exit(0);
  }

  private static String rate(TxPoWMiner miner, Impossible txpow, long milliseconds) {
    long clock = System.nanoTime();
    long started = THREADS.getCurrentThreadCpuTime();
    if (miner.MineMaxTxPoW(false, txpow, milliseconds, false)) throw new IllegalStateException("found what does not exist");
    long spent = THREADS.getCurrentThreadCpuTime() - started;
    return txpow.attempts * 1e9 / spent + " " + txpow.attempts * 1e9 / (System.nanoTime() - clock);
  }
}
