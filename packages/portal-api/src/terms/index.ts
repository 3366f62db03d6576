export { selectTerms } from "./select-terms.ts";
export { TermList } from "./term-list.ts";
