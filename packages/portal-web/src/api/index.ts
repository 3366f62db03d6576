export { addressOf } from "./address.ts";
export { type AnswerSignals, signalsOf } from "./answer-signals.ts";
export { ApiError, errorCode, isDenied, needsSignIn } from "./api-error.ts";
export { insist } from "./insist.ts";
export { routeTable } from "./route-table.ts";
export {
  type Answer,
  type Body,
  clientName,
  observeAnswers,
  type Received,
  type RequestParts,
  send,
} from "./send.ts";
export { storable, wordsOf } from "./storable-text.ts";
