/** Whether only this machine reaches a server that listens on this address. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|::1)$/.test(host);
}
