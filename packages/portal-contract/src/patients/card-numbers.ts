/** Digits with single spaces, dots or dashes between them. */
const digitRun = /\d(?:[ .-]?\d)*/g;
/** First digits that the card schemes issue (ISO/IEC 7812: Visa, Mastercard, Amex, Discover, JCB, Diners, UnionPay, Maestro). */
const issued = /^(?:4|5[0-8]|2[2-7]|3[04-9]|6)/;

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    let digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    if (index % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}

function isCardNumber(digits: string): boolean {
  return digits.length >= 13 && digits.length <= 19 && issued.test(digits) && passesLuhn(digits);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Card numbers inside one run: whole groups only, the longest match first, so "4111 1111 1111 1111 12" is found. */
function cardSpans(run: string): readonly Span[] {
  const groups = [...run.matchAll(/\d+/g)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
  }));
  const spans: Span[] = [];
  for (let first = 0; first < groups.length; first += 1) {
    const from = groups[first]?.from ?? 0;
    // 19 digits are at most 19 groups.
    for (let last = Math.min(groups.length, first + 19) - 1; last >= first; last -= 1) {
      const to = groups[last]?.to ?? 0;
      if (!isCardNumber(run.slice(from, to).replace(/\D/g, ""))) continue;
      spans.push({ from, to });
      first = last;
      break;
    }
  }
  return spans;
}

export interface RedactedText {
  readonly text: string;
  readonly count: number;
}

/** Takes payment card numbers out of free text before it is stored (HCC-SEC-05). Text without any comes back unchanged. */
export function redactCardNumbers(text: string): RedactedText {
  let count = 0;
  // NFKC turns full-width and other digit forms into 0-9, so that they cannot hide a number.
  const redacted = text.normalize("NFKC").replace(digitRun, (run) => {
    let kept = "";
    let at = 0;
    for (const span of cardSpans(run)) {
      kept += `${run.slice(at, span.from)}[card number removed]`;
      at = span.to;
      count += 1;
    }
    return kept + run.slice(at);
  });
  return count === 0 ? { text, count } : { text: redacted, count };
}

/** Whether the text holds a payment card number; screens refuse to save it (HCC-SEC-05). */
export function hasCardNumber(text: string): boolean {
  return redactCardNumbers(text).count > 0;
}
