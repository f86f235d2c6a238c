/** The Gregorian calendar repeats after 400 years, weekdays included. */
const CYCLE_YEARS = 400n;
const DAY_MILLIS = 86_400_000n;
const CYCLE_MILLIS = 146_097n * DAY_MILLIS;
/** 15 October 1582, before which Java's calendar is the Julian one: it repeats after four years. */
const GREGORIAN_START = -12_219_292_800_000n;
const JULIAN_CYCLE_YEARS = 4n;
const JULIAN_CYCLE_DAYS = 1461n;
/** Begins such four years in both calendars. */
const LEAP_YEAR = 2000;
/** Days from 1 January of the Julian year 0 to 1970. */
const JULIAN_SHIFT = 719_530n;

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
 * (spec 02 §12). `millis` is any 64-bit time; before October 1582 days are those of the Julian calendar, in UTC only.
 */
export function javaDateText(millis: bigint, timeZone: string): string {
  const cycles = floorDivide(millis, CYCLE_MILLIS);
  const date = new Date(Number(millis - cycles * CYCLE_MILLIS));
  if (timeZone === "UTC") return utcText(date, cycles, millis);
  const parts = formatParts(date, "en-US", timeZone);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const year = BigInt(part("year")) + cycles * CYCLE_YEARS;
  const time = `${part("hour")}:${part("minute")}:${part("second")}`;
  return `${part("weekday")} ${part("month")} ${part("day")} ${time} ${zoneName(date, part("timeZoneName"), timeZone)} ${year}`;
}

/** The same without `Intl`, which takes 8 MB of memory: `Tue, 14 Nov 2023 22:13:20 GMT` has all that is needed. */
function utcText(date: Date, cycles: bigint, millis: bigint): string {
  const [weekday, day, month, , time] = date.toUTCString().split(/,? /);
  const julian = millis < GREGORIAN_START ? julianDay(millis) : undefined;
  if (julian !== undefined) return `${weekday} ${julian.month} ${julian.day} ${time} UTC ${julian.year}`;
  return `${weekday} ${month} ${day} ${time} UTC ${BigInt(date.getUTCFullYear()) + cycles * CYCLE_YEARS}`;
}

/** The day of the Julian calendar; years before the first count backwards, without a sign. */
function julianDay(millis: bigint): { readonly day: string; readonly month: string; readonly year: bigint } {
  const days = floorDivide(millis, DAY_MILLIS) + JULIAN_SHIFT;
  const cycles = floorDivide(days, JULIAN_CYCLE_DAYS);
  const date = new Date(Date.UTC(LEAP_YEAR, 0, 1 + Number(days - cycles * JULIAN_CYCLE_DAYS)));
  const [, day = "", month = ""] = date.toUTCString().split(/,? /);
  const year = cycles * JULIAN_CYCLE_YEARS + BigInt(date.getUTCFullYear() - LEAP_YEAR);
  return { day, month, year: year > 0n ? year : 1n - year };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return quotient * b > a ? quotient - 1n : quotient;
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
