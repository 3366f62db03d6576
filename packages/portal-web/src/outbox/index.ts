export {
  closeWorkspace,
  currentWorkspace,
  lastConfirmedAt,
  openWorkspaceOf,
  useOutbox,
  useWorkspace,
} from "./current-workspace.ts";
export type { Drafts } from "./drafts.ts";
export { type Kept, keep, newRecordId } from "./keep.ts";
export { type Draft, useDraft } from "./use-draft.ts";
export { WaitingDialog } from "./waiting-dialog.tsx";
export { observeOutboxAnswers } from "./workspace.ts";
