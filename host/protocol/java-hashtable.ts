const FIRST_BUCKETS = 11;
const LOAD = 0.75;

/** The entries of a map in the order Java's Hashtable enumerates them: the reference shows variables of scripts so (spec 05 §11). */
export function hashtableOrder<Value>(entries: ReadonlyMap<string, Value>): [key: string, value: Value][] {
  let buckets = emptyBuckets<Value>(FIRST_BUCKETS);
  let count = 0;
  for (const entry of entries) {
    if (count >= Math.floor(buckets.length * LOAD)) buckets = enlarged(buckets);
    put(buckets, entry);
    count++;
  }
  return buckets.reverse().flat();
}

/** Each with its newest entry first. */
type Buckets<Value> = [key: string, value: Value][][];

const emptyBuckets = <Value>(count: number): Buckets<Value> => Array.from({ length: count }, () => []);

function put<Value>(buckets: Buckets<Value>, entry: [key: string, value: Value]): void {
  buckets[(hashCode(entry[0]) & 0x7fffffff) % buckets.length]?.unshift(entry);
}

function enlarged<Value>(old: Buckets<Value>): Buckets<Value> {
  const buckets = emptyBuckets<Value>(old.length * 2 + 1);
  for (const entry of old.reverse().flat()) put(buckets, entry);
  return buckets;
}

/** Java's hash of a text. */
function hashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

const FIRST_SET_BUCKETS = 16;

/** Texts in the order Java's HashSet has them. */
export function hashSetOrder(keys: Iterable<string>): string[] {
  const all = [...keys];
  let size = FIRST_SET_BUCKETS;
  while (all.length > size * LOAD) size *= 2;
  const place = (key: string): number => {
    const hash = hashCode(key);
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return all.toSorted((a, b) => place(a) - place(b));
}
