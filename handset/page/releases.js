// Releases of the handset, as the page sees them: it registers the service worker that keeps them, says when a new one is
// here, and takes it when it is told to. On the window: "release" (a new one waits), "release-comes"
// (`detail.done`, `detail.of`), "release-failed" (`detail.reason`).
(() => {
  "use strict";
  const LOOK_AGAIN_MS = 15 * 60 * 1000;
  const workers = navigator.serviceWorker;
  let registration = null, taking = false;

  const tell = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));
  const events = { release_comes: "release-comes", release_failed: "release-failed" };
  const look = () => registration?.update().catch(() => {});
  globalThis.lookForRelease = look;
  // Resolves with the answer of the worker that serves this page; null when there is none, or it has none.
  const ask = (told) => new Promise((resolve) => {
    if (!workers.controller) { resolve(null); return; }
    const line = new MessageChannel();
    line.port1.onmessage = ({ data }) => resolve(data);
    workers.controller.postMessage(told, [line.port2]);
  });

  // Begin to keep releases. Loading the page comes first, and shares its network with nobody until it is there.
  globalThis.keepReleases = async () => {
    workers.addEventListener("message", ({ data }) => { if (events[data?.kind]) tell(events[data.kind], data); });
    workers.addEventListener("controllerchange", () => { if (taking) window.location.reload(); });
    registration = await workers.register("service_worker.js", { scope: "./", updateViaCache: "none" });
    // The very first release has none to take over from: it is no news to whoever has just opened the page.
    const waits = (worker) => { if (worker?.state === "installed" && registration.active) tell("release", {}); };
    const watch = () => registration.installing?.addEventListener("statechange", ({ target }) => waits(target));
    registration.addEventListener("updatefound", watch);
    watch();
    waits(registration.waiting);
    setInterval(look, LOOK_AGAIN_MS);
    window.addEventListener("online", look);
  };
  // At a safe moment: no open line, nothing half recorded. False when no release waits; otherwise the page loads anew.
  globalThis.takeRelease = () => {
    if (!registration?.waiting) return false;
    taking = true;
    registration.waiting.postMessage({ kind: "activate" });
    return true;
  };
  // The station is open and drawn: the release before is let go, and what this one used is kept, whatever it was.
  globalThis.releaseStarted = async () => {
    await workers.ready;
    const base = new URL("./", document.baseURI).href;
    const used = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(base));
    workers.controller?.postMessage({ kind: "started" });
    await ask({ kind: "keep", paths: used.map((name) => name.slice(base.length).split(/[?#]/)[0]) });
  };
  // The station of this release does not start. True when the one before serves now: load the page anew.
  globalThis.fallBack = () => Promise.race([
    ask({ kind: "fall_back" }).then((answer) => answer?.kind === "fallen_back"),
    new Promise((resolve) => { setTimeout(() => resolve(false), 3000); }),
  ]);
})();
