/** Shown for every stored social security number (HCC-SEC-02). */
export const maskedSsn = "XXX-XX-XXXX";

/** `aXXX@XXXX.com` (HCC-SEC-03): the first letter and the top-level domain are kept. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  if (at < 1) return "XXXX";
  const dot = email.lastIndexOf(".");
  const end = dot > at && dot < email.length - 1 ? email.slice(dot) : "";
  return `${Array.from(email)[0] ?? "X"}XXX@XXXX${end}`;
}

/** `XXX-XXX-1234` (HCC-SEC-04): the last four digits are kept; fewer than seven digits show nothing. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  return digits.length < 7 ? "XXX-XXX-XXXX" : `XXX-XXX-${digits.slice(-4)}`;
}

/** Every letter and digit of a policy number is hidden; its length is not told. */
export const maskedPolicyNumber = "XXXXXXXX";
