/** A number in ten characters, blanks first. The language's own way brings tables for every base. */
export function decimal(value: u64): string {
  let text = "";
  for (let i = 0; i < 10; i++) {
    text = (value > 0 || i == 0 ? String.fromCharCode(0x30 + <i32>(value % 10)) : " ") + text;
    value /= 10;
  }
  return text;
}

/** Writes a line of hex digits. */
export function printHex(from: usize, length: u32): void {
  const line = new ArrayBuffer(2 * length + 1);
  let at = changetype<usize>(line);
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(from + i);
    store<u8>(at++, digitOf(byte >> 4));
    store<u8>(at++, digitOf(byte & 15));
  }
  store<u8>(at, 0x0a);
  process.stdout.write(line);
}

function digitOf(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
