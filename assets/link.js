// The link between this page and its station: who this window is, whether the station hears it, and which keys count.
// Keys that are typed while the link is dead would arrive late and count twice: they are kept back and counted, the
// page loads itself anew when the station is back, and the screen says how many keys were dropped.
(() => {
  "use strict";
  const BEAT_MS = 1000, EARLY_BEAT_MS = 50, BEAT_TIMEOUT_MS = 1500, DEAD_AFTER_MS = 6000, WINDOWS = 32;
  // So long a start is no start as usual: the splash says what it waits for.
  const LONG_START_MS = 5000;
  // A client that broke while it loaded, or never came to connect, is loaded anew; each time with more patience, for
  // it may be a slow device.
  const BROKEN_MS = 500, STUCK_MS = 20000, PATIENCE_MS_MAX = 300000;
  // A page that was loaded anew waits so long for the number that it had, which the page before may still hold: with
  // another window's number it would be at another window's seat.
  const OWN_NUMBER_MS = 5000;
  const life = Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => b.toString(16).padStart(2, "0")).join("");
  const text = JSON.parse(document.getElementById("link-words").textContent);
  const words = text[(navigator.language || "en").slice(0, 2)] || text.en;

  const loadedAt = performance.now();
  let brokenAt = Infinity;
  let windowNumber = 0, ready = false, dead = false, waking = false, leaving = false;
  let heardAt = performance.now();

  const keys = watchKeys(() => !ready || dead || waking);

  // --- the banner -----------------------------------------------------------------------------------------------------
  const showDead = () => {
    if (dead) return;
    dead = true;
    document.documentElement.dataset.link = "dead";
    const banner = document.createElement("div");
    banner.id = "link-banner";
    banner.setAttribute("role", "alert");
    banner.textContent = words.dead;
    document.body.append(banner);
  };

  // --- the beat -------------------------------------------------------------------------------------------------------
  const post = (path, body) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), BEAT_TIMEOUT_MS);
    return fetch(path, { method: "POST", signal: stop.signal, cache: "no-store", credentials: "same-origin",
      headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
      .then((r) => (r.ok ? r.json() : Promise.reject(new Error(String(r.status)))))
      .finally(() => clearTimeout(timer));
  };

  // What is known of lost keys outlives a reload, and stays until the station has heard of it.
  const stored = () => JSON.parse(sessionStorage.getItem("lost-keys") || "[]");
  const remember = (record) => sessionStorage.setItem("lost-keys", JSON.stringify([...stored(), record].slice(-16)));
  const report = async () => {
    const lives = stored();
    if (!lives.length) return;
    await post("/link/lost", { window: windowNumber, life, lives });
    sessionStorage.setItem("lost-keys", JSON.stringify(stored().slice(lives.length)));
  };
  const rememberSwallowed = () => {
    if (!keys.swallowed || keys.withinCode()) return;
    remember({ life: "", swallowed: keys.swallowed, passed: 0, unsure: 0 });
    keys.swallowed = 0;
  };
  const loadsInVain = () => Number(sessionStorage.getItem("loads-in-vain") || 0);
  const patience = (ms) => Math.min(PATIENCE_MS_MAX, ms * 2 ** loadsInVain());
  const broke = () => { brokenAt = Math.min(brokenAt, performance.now()); };
  for (const type of ["error", "unhandledrejection"]) window.addEventListener(type, broke);
  const inVain = (standing) => !ready && standing === "absent" && (performance.now() - brokenAt > patience(BROKEN_MS)
    || performance.now() - loadedAt > patience(STUCK_MS));
  const becomeReady = () => {
    ready = true;
    sessionStorage.removeItem("loads-in-vain");
    document.documentElement.dataset.link = "ready";
    // Not before: Flet's client shows a page of its own until the station has drawn one. Two frames, and it is there.
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById("splash")?.remove()));
  };
  setTimeout(() => {
    const said = document.querySelector("#splash p");
    if (said && !ready) said.textContent = words.starting;
  }, LONG_START_MS);
  const loadAnew = () => {
    if (leaving) return;
    leaving = true;
    const { swallowed, passed, unsure } = keys;
    if (swallowed || passed) remember({ life, boot, swallowed, passed, unsure });
    location.reload();
  };

  let boot = "", timer = 0, beating = false, goodInARow = 0;
  const beatIn = (ms) => { clearTimeout(timer); timer = setTimeout(beat, ms); };
  const wake = (now) => {
    waking = now;
    if (ready && !dead) document.documentElement.dataset.link = now ? "waking" : "ready";
  };
  const beat = async () => {
    if (beating || leaving) return;
    beating = true;
    const asked = performance.now(), typedBefore = keys.unsure;
    try {
      const answer = await post("/link/beat", { window: windowNumber, life, resting: document.hidden });
      heardAt = performance.now();
      wake(false);
      goodInARow += 1;
      boot = boot || answer.boot;
      if (dead || answer.boot !== boot || answer.standing === "ended" || (ready && answer.standing !== "ready")) {
        // Twice, because a page that is loaded from a station that is gone again is no page at all.
        if (goodInARow >= 2) loadAnew();
      } else if (inVain(answer.standing) && goodInARow >= 2) {
        sessionStorage.setItem("loads-in-vain", loadsInVain() + 1);
        loadAnew();
      } else {
        keys.unsure -= Math.min(typedBefore, keys.unsure);
        if (!ready && answer.standing === "ready") becomeReady();
        if (ready) {
          rememberSwallowed();
          await report();
        }
      }
    } catch {
      goodInARow = 0;
    } finally {
      beating = false;
    }
    const calm = ready && !dead && goodInARow > 1;
    beatIn(Math.max(50, (calm ? BEAT_MS : EARLY_BEAT_MS) - (performance.now() - asked)));
  };
  // A beat that hangs is not waited for: the clock alone says that the link is dead.
  setInterval(() => {
    if (!document.hidden && performance.now() - heardAt > DEAD_AFTER_MS) showDead();
  }, 250);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      post("/link/beat", { window: windowNumber, life, resting: true }).catch(() => {});
      return;
    }
    // A hidden page's clock is slow: what is typed before the station answers again is kept back.
    heardAt = performance.now();
    wake(ready);
    beatIn(0);
  });

  // --- who this window is ---------------------------------------------------------------------------------------------
  // Windows of one browser share a cookie; each takes the lowest number that no other open window holds.
  const claim = (number, options) => new Promise((taken) => {
    navigator.locks.request(`floorhand-window-${number}`, options, (lock) => {
      taken(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    }).catch(() => taken(false));
  });
  const chooseWindow = async () => {
    if (!navigator.locks) return 1;
    const mine = Number(sessionStorage.getItem("window") || 0);
    if (mine && await claim(mine, { signal: AbortSignal.timeout(OWN_NUMBER_MS) })) return mine;
    for (let number = 1; number <= WINDOWS; number += 1) {
      if (await claim(number, { ifAvailable: true })) return number;
    }
    return WINDOWS;
  };

  const start = async () => {
    windowNumber = await chooseWindow();
    sessionStorage.setItem("window", String(windowNumber));
    for (;;) {
      try {
        await post("/link/seat", {});
        break;
      } catch {
        await new Promise((r) => setTimeout(r, 500));
      }
    }
    if (dead) return loadAnew();
    heardAt = performance.now();
    flet.webSocketEndpoint = `/link/ws/${windowNumber}/${life}`;
    const script = document.createElement("script");
    script.src = "flutter_bootstrap.js";
    script.addEventListener("error", broke);
    document.body.append(script);
    beat();
  };
  start();
})();
