const UNITS = ["KB", "MB", "GB", "TB", "PB", "EB"] as const;

/** A size for people: bytes below 1024, else one decimal and a binary unit (spec 09 §6). */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

/** A span of time in years of 365 and months of 30 days (spec 09 §6). */
export function formatUptime(milliseconds: number): string {
  let rest = milliseconds;
  const take = (unit: number): number => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count;
  };
  const parts = [
    [take(YEAR), "Years"],
    [take(MONTH), "Months"],
    [take(7 * DAY), "Weeks"],
    [take(DAY), "Days"],
    [take(HOUR), "Hours"],
    [take(MINUTE), "Minutes"],
    [take(SECOND), "Seconds"],
  ];
  return parts.map(([count, name]) => `${count} ${name}`).join(" ");
}
