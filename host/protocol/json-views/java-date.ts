/** The Gregorian calendar repeats after 400 years, weekdays included. */
const CYCLE_YEARS = 400n;
const CYCLE_MILLIS = 146_097n * 86_400_000n;

const FIELDS: Intl.DateTimeFormatOptions = {
  weekday: "short",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  year: "numeric",
  timeZoneName: "short",
};

/**
 * The text of a Java `Date`, such as `Tue Nov 14 22:13:20 UTC 2023`, in a time zone given by its IANA name
 * (spec 02 §12). `millis` is any 64-bit time; before 1582, where Java turns to the Julian calendar, days differ.
 */
export function javaDateText(millis: bigint, timeZone: string): string {
  let cycles = millis / CYCLE_MILLIS;
  if (cycles * CYCLE_MILLIS > millis) cycles--;
  const date = new Date(Number(millis - cycles * CYCLE_MILLIS));
  if (timeZone === "UTC") return utcText(date, cycles);
  const parts = formatParts(date, "en-US", timeZone);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const year = BigInt(part("year")) + cycles * CYCLE_YEARS;
  const time = `${part("hour")}:${part("minute")}:${part("second")}`;
  return `${part("weekday")} ${part("month")} ${part("day")} ${time} ${zoneName(date, part("timeZoneName"), timeZone)} ${year}`;
}

/** The same without `Intl`, which takes 8 MB of memory: `Tue, 14 Nov 2023 22:13:20 GMT` has all that is needed. */
function utcText(date: Date, cycles: bigint): string {
  const [weekday, day, month, , time] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${BigInt(date.getUTCFullYear()) + cycles * CYCLE_YEARS}`;
}

/** American English has no short names for most zones, British English has more. */
function zoneName(date: Date, american: string, timeZone: string): string {
  if (!american.startsWith("GMT")) return american;
  return formatParts(date, "en-GB", timeZone).get("timeZoneName") ?? american;
}

/** Making one takes much longer than using it; there are as many as zones in use. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatParts(date: Date, locale: string, timeZone: string): ReadonlyMap<Intl.DateTimeFormatPartTypes, string> {
  const key = `${locale} ${timeZone}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...FIELDS, timeZone });
  formats.set(key, format);
  return new Map(format.formatToParts(date).map(({ type, value }) => [type, value]));
}
