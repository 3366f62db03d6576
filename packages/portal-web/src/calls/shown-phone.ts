/** `+15550100123` → `+1 555 010 0123`; a masked or short number stays as it is, null stays null. */
export function shownPhone(number: string | null): string | null {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number ?? "");
  return match === null ? number : `+1 ${match[1]} ${match[2]} ${match[3]}`;
}
