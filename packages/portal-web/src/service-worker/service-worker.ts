// biome-ignore lint/style/noRestrictedImports: the index would bring React into the worker
import { browserClock } from "../clock/clock.ts";

/**
 * Keeps the application shell for a start without any region. Only built files and the start page are kept:
 * no answer of the service, so nothing of a patient ever lies in this cache.
 */

// This file alone runs in a worker; the package is typed for pages.
const worker = self as unknown as ServiceWorkerGlobalScope;

/** Filled in at build time with the paths of all built files. */
const precache = "__CARELINE_PRECACHE__" as unknown as readonly string[];
const cacheName = "careline-shell-__CARELINE_SHELL_VERSION__";
const startPage = "/";
/** How long a start waits for a region before the kept start page is used. */
const navigationDeadlineMs = 2_500;

worker.addEventListener("install", (event) => {
  event.waitUntil(install());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && isScreen(url.pathname)) event.respondWith(navigate(request));
  else if (isKept(url.pathname)) event.respondWith(fromCache(request));
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...precache, "/manifest.webmanifest", "/icons/careline.svg"]);
  // Reloaded, not taken from the HTTP cache: page and policy header must belong together.
  // The service gives the page to those who ask for one, and a worker's request alone asks for anything.
  await cache.add(new Request(startPage, { cache: "reload", headers: { accept: "text/html" } }));
  await worker.skipWaiting();
}

/** Keeps the shell before this one as well: a tab that was opened with it may still need its files. */
async function activate(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith("careline-shell-"));
  const older = names.filter((name) => name !== cacheName);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

function isScreen(path: string): boolean {
  return !/^\/(api|auth|webhooks|health|terms|metrics|openapi\.json)(\/|$)/.test(path);
}

function isKept(path: string): boolean {
  return (
    path.startsWith("/assets/") || path.startsWith("/icons/") || path === "/manifest.webmanifest"
  );
}

async function navigate(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: browserClock.deadline(navigationDeadlineMs) });
    if (response.status < 500) return response;
  } catch {
    // No region, or none in time: the kept page follows.
  }
  return (await caches.match(startPage)) ?? Response.error();
}

async function fromCache(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? (await fetch(request));
}
