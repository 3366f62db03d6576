export const errors = {
  title: "This part of the screen failed",
  text: "What you typed is kept. Try again; if it happens twice, tell support this code.",
  code: "Code {{code}}",
  loadFailed: "This could not be loaded ({{code}}).",
  saveFailed: "This could not be saved ({{code}}).",
  denied: "You may not see this ({{code}}).",
  unreachable: "No region answers right now. What you write is kept here and sent later.",
  writesPaused: "Saving is paused for a moment. It is sent by itself as soon as saving resumes.",
  callGone: "This call has already changed or ended. The desk shows its present state.",
  stale: "Someone else changed this meanwhile. Both versions are kept for you to compare.",
  rateLimited: "Too many requests in a short time. Wait a few seconds.",
  refused: "The service refused this ({{code}}).",
};
