export interface BucketOptions {
  /** Tokens a bucket holds at most, and at first. */
  readonly burst: number;
  readonly perSecond: number;
  /** A steadily growing clock in milliseconds. */
  readonly monotonic: () => number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets kept; beyond, those that were used longest ago are forgotten. */
const MAX_BUCKETS = 4096;

/** Limits how often something happens, for each name on its own. */
export class TokenBuckets {
  readonly #options: BucketOptions;
  /** The bucket used last comes last. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  /** Takes a token if there is one. */
  take(name: string): boolean {
    const bucket = this.#refilled(name);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Whether `take` would get one. */
  has(name: string): boolean {
    return this.#refilled(name).tokens >= 1;
  }

  #refilled(name: string): Bucket {
    const { burst, perSecond, monotonic } = this.#options;
    const now = monotonic();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_BUCKETS) break;
      this.#buckets.delete(oldest);
    }
    return bucket;
  }
}
