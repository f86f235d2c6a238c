let zone: string | undefined;

/** The zone that dates are printed in. Finding it out takes long, and `Intl` 8 MB: most boards live in UTC and do without. */
export function localZone(): string {
  zone ??= String(new Date(0)).endsWith("(Coordinated Universal Time)") ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone;
}
