// Keeps one whole release of the handset on the device, so that a station starts without any network; and the next one,
// until the page has a moment to take it.
//
// A release is a cache. Every file is checked against its hash before it is put there: half a file never is, nor the
// page of a Wi-Fi's sign-in. What an interrupted download brought stays, and what a release has in common with the one
// before is not fetched again. The release before is kept until the new one has said that it started well.
"use strict";

// Filled in by the build: {version, files: {path: sha256}, drawnBy: {way: [path]}, ifAskedFor: [path]}
const RELEASE = __RELEASE__;
const SCOPE = new URL("./", self.location).pathname;
const PAGE = "index.html";
const PREFIX = "floorhand-release-", STATE = "floorhand-releases";
const HASH_HEADER = "floorhand-sha256";
// Said of the bytes on their way, not of those that are kept.
const OF_THE_WAY = ["content-encoding", "content-length", "transfer-encoding", "vary", "set-cookie", "etag", "date"];
// Weak handsets: a few at a time.
const AT_ONCE = 6;

const cacheOf = (version) => caches.open(PREFIX + version);
const tellPages = async (told) => {
  for (const page of await self.clients.matchAll({ includeUncontrolled: true, type: "window" })) page.postMessage(told);
};

// --- which release is served ------------------------------------------------------------------------------------------
// {serving, before}: versions. `before` is the last that started well, until this one has said so too.
const PLACE = SCOPE + STATE;
let known = null;
const state = async () => {
  if (known) return known;
  const kept = await (await caches.open(STATE)).match(PLACE);
  return (known = kept ? await kept.json() : null);
};
const remember = async (next) => {
  known = next;
  await (await caches.open(STATE)).put(PLACE, new Response(JSON.stringify(next)));
};
const serving = async () => (await state())?.serving ?? RELEASE.version;

// --- what is kept -----------------------------------------------------------------------------------------------------
// As Flutter's own start decides it (flutter_bootstrap.js), as far as a worker can see. What it cannot see, the page says
// once it has started: `keep`.
const GARBAGE_COLLECTED = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 95, 1, 120, 0]);
const drawnBy = () => {
  if (!("userAgentData" in self.navigator) || !WebAssembly.validate(GARBAGE_COLLECTED)) return "canvaskit";
  return "v8BreakIterator" in Intl && "Segmenter" in Intl ? "skwasm" : "skwasm_heavy";
};
const wanted = () => {
  const own = RELEASE.drawnBy[drawnBy()];
  const left = new Set([...Object.values(RELEASE.drawnBy).flat(), ...RELEASE.ifAskedFor]);
  return Object.keys(RELEASE.files).filter((path) => own.includes(path) || !left.has(path));
};

const sha256 = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((each) => each.toString(16).padStart(2, "0")).join("");

// A file of this release, checked; throws when what came is something else.
const fetched = async (path) => {
  const answer = await fetch(SCOPE + path, { cache: "no-cache", credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${path}: answered ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  if (await sha256(bytes) !== RELEASE.files[path]) throw new Error(`${path}: not what this release is made of`);
  const headers = new Headers(answer.headers);
  for (const name of OF_THE_WAY) headers.delete(name);
  headers.set(HASH_HEADER, RELEASE.files[path]);
  return new Response(bytes, { headers });
};

// The same file of a release that is here already.
const alike = async (path) => {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const kept = await (await caches.open(name)).match(SCOPE + path);
    if (kept?.headers.get(HASH_HEADER) === RELEASE.files[path]) return kept;
  }
  return null;
};

const keep = async (cache, path) => {
  if (await cache.match(SCOPE + path)) return;
  await cache.put(SCOPE + path, (await alike(path)) ?? (await fetched(path)));
};

const install = async () => {
  const cache = await cacheOf(RELEASE.version), paths = wanted();
  try {
    for (let done = 0; done < paths.length; done += AT_ONCE) {
      await Promise.all(paths.slice(done, done + AT_ONCE).map((path) => keep(cache, path)));
      await tellPages({ kind: "release_comes", version: RELEASE.version, done: Math.min(done + AT_ONCE, paths.length), of: paths.length });
    }
  } catch (error) {
    // A browser tries again when the page is opened, or asks for it.
    await tellPages({ kind: "release_failed", version: RELEASE.version, reason: String(error.message ?? error) });
    throw error;
  }
  await tellPages({ kind: "release_ready", version: RELEASE.version });
};

const activate = async () => {
  const last = await state(), own = RELEASE.version;
  if (last?.serving !== own) {
    const before = last ? last.before ?? last.serving : null;
    await remember({ serving: own, before: before && await caches.has(PREFIX + before) ? before : null });
  }
  if (!self.registration.installing) {
    const { before } = await state();
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && ![PREFIX + own, PREFIX + before].includes(name)) await caches.delete(name);
    }
  }
  await self.clients.claim();
};

// --- what the page says -----------------------------------------------------------------------------------------------
const hear = {
  version: async () => ({ kind: "version", version: RELEASE.version, ...(await state()) }),
  // The page has nothing half done: the release that waits may take over.
  activate: async () => { await self.skipWaiting(); },
  // The new release's station is open and drawn: the one before is not needed any more.
  started: async () => {
    const { serving: now, before } = await state() ?? {};
    if (!before) return;
    await remember({ serving: now, before: null });
    await caches.delete(PREFIX + before);
  },
  // It does not start: the one before serves again, until there is a newer one.
  fall_back: async () => {
    const { serving: broken, before } = await state() ?? {};
    if (!before) return { kind: "nothing_before" };
    await remember({ serving: before, before: null });
    await caches.delete(PREFIX + broken);
    return { kind: "fallen_back", version: before };
  },
  // Files that the page has used, whatever we thought it would.
  keep: async ({ paths }) => {
    if (await serving() !== RELEASE.version) return;
    const cache = await cacheOf(RELEASE.version);
    for (const path of paths) if (path in RELEASE.files) await keep(cache, path).catch(() => {});
    return { kind: "kept" };
  },
};

const answered = async (request) => {
  const { pathname } = new URL(request.url);
  const path = request.mode === "navigate" ? PAGE : pathname.slice(SCOPE.length) || PAGE;
  const version = await serving(), cache = await cacheOf(version);
  const kept = await cache.match(SCOPE + path);
  if (kept) return kept;
  if (version !== RELEASE.version || !(path in RELEASE.files)) return fetch(request);
  // Of this release, and not kept so far. The store may have a newer one by now, and two releases are never mixed.
  await keep(cache, path);
  return cache.match(SCOPE + path);
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  event.waitUntil((async () => {
    const answer = await hear[event.data?.kind]?.(event.data);
    if (answer) (event.ports[0] ?? event.source).postMessage(answer);
  })());
});
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || !pathname.startsWith(SCOPE)) return;
  if (event.request.headers.has("range")) return;
  event.respondWith(answered(event.request).catch(() => Response.error()));
});
