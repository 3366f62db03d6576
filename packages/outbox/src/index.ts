export { type OutboxClock, systemOutboxClock } from "./clock.ts";
export { OutboxError, type OutboxErrorCode, outboxErrors } from "./errors.ts";
export { type FetchTransportOptions, fetchTransport } from "./fetch-transport.ts";
export { OrderedIds, type OutboxRandom, systemOutboxRandom } from "./ids.ts";
export type {
  OutboxEvent,
  OutboxItem,
  OutboxSnapshot,
  OutboxState,
  OutboxWrite,
  WriteAnswer,
  WriteOutcome,
} from "./item.ts";
export { MemoryLock, MemoryStorage } from "./memory.ts";
export { type AddOptions, Outbox, type OutboxOptions } from "./outbox.ts";
export { Patience } from "./patience.ts";
export { defaultOutboxPolicy, type OutboxPolicy } from "./policy.ts";
export type {
  OutboxLock,
  OutboxStorage,
  OutboxTransport,
  Sealer,
  StoredItem,
  TabMessage,
  TabSignals,
  TransportAnswer,
  TransportRequest,
} from "./ports.ts";
export {
  formatPosition,
  isConfirmed,
  judgeByTerms,
  type Position,
  parseLsn,
  parsePosition,
  parseTerms,
  readPosition,
  type TermStart,
} from "./position.ts";
export { createSealingKey, type SealingKey, webCryptoSealer } from "./sealer.ts";
