export const identity = {
  signInTitle: "Sign in to Careline",
  signInText: "You sign in with your work account and a second factor.",
  signIn: "Sign in",
  signInFailed:
    "Sign-in did not complete ({{code}}). Nothing you typed earlier is lost. Try again.",
  signedOut: "You are signed out.",
  sessionEnded:
    "Your session has ended. What you wrote is kept on this computer until you sign in again.",
  checking: "Checking who you are…",
  unreachable: "Neither region answers right now.",
  unreachableText:
    "New sign-ins have to wait. If you were signed in on this browser, you can go on taking down reports: they are sent later.",
  openIntake: "Open the offline intake form",
  locked: "Screen locked",
  lockedText: "Locked for {{name}}. A call that is under way goes on, and your drafts are kept.",
  unlock: "Unlock",
  unlockText: "Unlocking asks your work account for your second factor.",
  lockSoon: "The screen locks in {{seconds}} s",
  lockSoonText: "Nothing was pressed for a while. Any key keeps it open.",
  stay: "Stay here",
  signOutTitle: "Sign out with unsent work?",
  signOutWaiting_one:
    "{{count}} entry has not reached both regions yet. It stays encrypted on this computer and is sent when you sign in here again.",
  signOutWaiting_other:
    "{{count}} entries have not reached both regions yet. They stay encrypted on this computer and are sent when you sign in here again.",
  signOutCall: "You are in a call. Signing out does not hang up, but the call leaves your screen.",
  signOutAnyway: "Sign out anyway",
  stayHere: "Stay signed in",
};
