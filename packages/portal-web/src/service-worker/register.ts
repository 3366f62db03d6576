/** Registers the worker that keeps the shell. Where that is refused (untrusted certificate), the desk works without it. */
export function registerServiceWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker
    .register("/sw.js", { type: "module", updateViaCache: "none" })
    .catch(() => {});
}
