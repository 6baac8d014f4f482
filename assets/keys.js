// Which keys count. While a page is `closed` (nobody hears it) its keys are kept back and counted, and so is the rest of
// a code whose beginning was: it would be another code.
globalThis.watchKeys = (closed) => {
  "use strict";
  // Keys of one code follow one another faster than this.
  const CODE_GAP_MS = 300;
  const SILENT_KEYS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "NumLock", "Fn", "Dead",
    "Unidentified", "Process"]);
  let swallowedAt = -Infinity;
  // `swallowed`: kept back; `passed`: let through; `unsure`: of these, those that nobody is known to have heard.
  const keys = { swallowed: 0, passed: 0, unsure: 0, withinCode: () => performance.now() - swallowedAt < CODE_GAP_MS };
  const isTextField = (e) => e && (e.tagName === "INPUT" || e.tagName === "TEXTAREA");
  const onKey = (event) => {
    if (closed() || keys.withinCode()) {
      if (event.type === "keydown" && !event.repeat) {
        if (!SILENT_KEYS.has(event.key)) keys.swallowed += 1;
        const ends = event.key === "Enter" || event.key === "Tab";
        swallowedAt = ends ? -Infinity : performance.now();
      }
      event.stopImmediatePropagation();
      event.preventDefault();
      return;
    }
    if (event.type !== "keydown" || event.repeat || SILENT_KEYS.has(event.key)) return;
    keys.passed += 1;
    keys.unsure += 1;
    // A scan's first letter takes the focus from a button, so that the scan's Enter cannot press it.
    const active = document.activeElement;
    if (event.key.length === 1 && event.key !== " " && active && active !== document.body && !isTextField(active)
        && active.getAttribute("role") === "button") active.blur();
  };
  for (const type of ["keydown", "keypress", "keyup"]) window.addEventListener(type, onKey, true);
  document.documentElement.dataset.link = "loading";
  return keys;
};
