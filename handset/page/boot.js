// The page of a station that lives in this browser: may it run here, start its worker and Flet's client side by side,
// and watch over them. The station's worker is `worker.mjs`.
(() => {
  "use strict";
  const BEAT_MS = 1000, DEAD_AFTER_MS = 6000, AGAIN_MS = 2000, AGAIN_MS_MAX = 60000, TRIES = 2;
  // The page before this one lets go of the lock a moment after a reload.
  const OTHER_WINDOW_MS = 2500;
  const LOCK = "floorhand-station", SETTINGS = "floorhand-station";
  const text = JSON.parse(document.getElementById("page-words").textContent);
  const words = text[(navigator.language || "en").slice(0, 2)] || text.en;
  const root = document.documentElement;
  let ready = false, dead = false, heardAt = performance.now();
  const keys = watchKeys(() => !ready || dead);

  const say = (sentence) => { const said = document.querySelector("#splash p"); if (said) said.textContent = sentence; };
  const stay = (state, sentence) => { root.dataset.link = state; say(sentence); };

  // --- may it run here ------------------------------------------------------------------------------------------------
  const missing = () => Object.entries({
    "Web Locks": navigator.locks, "Origin Private File System": navigator.storage?.getDirectory,
    "Service Workers": navigator.serviceWorker, WebAssembly: globalThis.WebAssembly, IndexedDB: globalThis.indexedDB,
  }).filter(([, there]) => !there).map(([name]) => name);

  const holdsTheDevice = () => new Promise((holds) => {
    const waiting = setTimeout(() => stay("elsewhere", words.elsewhere), OTHER_WINDOW_MS);
    navigator.locks.request(LOCK, () => { clearTimeout(waiting); holds(); return new Promise(() => {}); });
  });

  const keepsThings = async () => {
    try {
      await navigator.storage.getDirectory();
      // A browser that asks nobody answers at once; what it answers, the station's own screen says.
      navigator.storage.persist().catch(() => {});
      return true;
    } catch {
      return false;
    }
  };

  // --- who this station is ----------------------------------------------------------------------------------------------
  // The sheet's QR code carries a name and a one-time code behind the address's #, which no server and no log sees.
  const settings = () => {
    const said = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    const kept = JSON.parse(localStorage.getItem(SETTINGS) || "{}");
    for (const name of ["name", "language"]) if (said[name]) kept[name] = said[name];
    localStorage.setItem(SETTINGS, JSON.stringify(kept));
    if (location.hash) history.replaceState(null, "", location.pathname);
    return { ...kept, store_url: location.origin, enrolment_code: said.code || "" };
  };

  // --- the station ------------------------------------------------------------------------------------------------------
  const again = async () => {
    const times = Number(sessionStorage.getItem("starts-in-vain") || 0) + 1;
    sessionStorage.setItem("starts-in-vain", times);
    // A new release that does not start is no reason to stand still: the one before is still here.
    if (times >= TRIES && await fallBack()) sessionStorage.removeItem("starts-in-vain");
    setTimeout(() => location.reload(), Math.min(AGAIN_MS_MAX, AGAIN_MS * 2 ** (times - 1)));
  };
  const writeText = (text) => {
    if (ready && !dead) station.post({ kind: "text", text });
    else keys.swallowed += text.length;
  };
  const becomeReady = () => {
    ready = true;
    sessionStorage.removeItem("starts-in-vain");
    root.dataset.link = "ready";
    releaseStarted();
    // Two frames, and what the station has drawn is there.
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById("splash")?.remove()));
  };
  const banner = (sentence) => {
    document.getElementById("banner")?.remove();
    if (!sentence) return;
    const said = Object.assign(document.createElement("div"), { id: "banner", textContent: sentence });
    said.setAttribute("role", "alert");
    document.body.append(said);
  };
  const start = (told) => {
    const worker = new Worker("worker.mjs", { type: "module", name: "station" });
    let begun;
    const station = { begun: new Promise((resolve) => { begun = resolve; }), post: (...each) => worker.postMessage(...each) };
    globalThis.station = station;
    const hear = {
      begun,
      ready: becomeReady,
      beat: () => {
        heardAt = performance.now();
        keys.unsure = 0;
        if (dead) { dead = false; banner(""); root.dataset.link = "ready"; }
        if (ready && keys.swallowed && !keys.withinCode()) {
          station.post({ kind: "keys_dropped", count: keys.swallowed });
          keys.swallowed = 0;
        }
      },
      reload: () => location.reload(),
      take_release: takeRelease,
      look_for_release: lookForRelease,
      failed: ({ name, reason }) => {
        console.error(`station_failed name=${name} reason=${reason}`);
        stay("failed", (words[name] || words.failed) + (words[name] && name !== "too_old" ? "" : reason));
        if (!words[name]) again();
      },
    };
    worker.addEventListener("message", ({ data }) => { data instanceof Uint8Array ? takePacket(data) : hear[data.kind](data); });
    worker.addEventListener("error", (event) => hear.failed({ name: "", reason: event.message || "" }));
    station.post({ kind: "begin", settings: told, holds_the_device: true });
    setInterval(() => {
      station.post({ kind: "beat" });
      if (ready && !dead && !document.hidden && performance.now() - heardAt > DEAD_AFTER_MS) {
        dead = true;
        root.dataset.link = "dead";
        banner(words.dead);
      }
    }, BEAT_MS);
    // Timers stop while the screen is off, and the Wi-Fi comes back when it likes: the station tries at once.
    const wake = () => { if (!document.hidden) { heardAt = performance.now(); station.post({ kind: "wake" }); keepAwake(); } };
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    window.addEventListener("release", () => station.post({ kind: "release" }));
    keepAwake();
  };

  // The screen stays on while Floorhand is in front; a browser takes that back whenever it is hidden.
  const keepAwake = () => navigator.wakeLock?.request("screen").catch(() => {});

  const loadClient = () => {
    document.body.append(Object.assign(document.createElement("script"), { src: "flutter_bootstrap.js" }));
  };

  const open = async () => {
    if (!window.isSecureContext) return stay("insecure", words.insecure);
    const lacks = missing();
    if (lacks.length) return stay("too_old", words.too_old + lacks.join(", "));
    if (!await keepsThings()) return stay("no_storage", words.no_storage);
    say(navigator.serviceWorker.controller ? words.starting : words.first_start);
    await holdsTheDevice();
    root.dataset.link = "loading";
    start(settings());
    loadClient();
    // Where fingers and built-in scanners type; elsewhere keys have names.
    if (matchMedia("(pointer: coarse)").matches) watchInputMethod(writeText);
    keepReleases().catch((error) => console.error(`releases_not_kept reason=${error.message}`));
  };
  open();
})();
