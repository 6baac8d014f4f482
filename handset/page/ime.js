// Scanners that write through Android's input method: no keys with names, but text in one go, and only into a field that
// has the focus. So a field that nobody sees holds the focus whenever no other field wants it, and never calls up the
// keyboard on the screen. Keys with names go on to Flet's client as if the field were not there.
globalThis.watchInputMethod = (take) => {
  "use strict";
  const NAMELESS = new Set(["Unidentified", "Process"]), NAMELESS_CODE = 229;
  const field = Object.assign(document.createElement("textarea"), { id: "ime", inputMode: "none", tabIndex: -1 });
  for (const [name, value] of Object.entries({ autocomplete: "off", autocorrect: "off", autocapitalize: "off",
    spellcheck: "false", "aria-hidden": "true" })) field.setAttribute(name, value);
  field.style.cssText = "position:fixed;left:0;top:0;width:1px;height:1px;opacity:0;border:0;padding:0;caret-color:transparent";
  document.body.append(field);

  const hold = () => {
    const active = document.activeElement;
    if (!active || active === document.body || active.tagName.startsWith("FLUTTER-")) field.focus({ preventScroll: true });
  };
  const onKey = (event) => {
    if (event.target !== field) return;
    const nameless = event.isComposing || event.keyCode === NAMELESS_CODE || NAMELESS.has(event.key);
    // Its text follows as input. Flet would hear a key without a name, and call the code damaged.
    if (nameless) event.stopImmediatePropagation();
    else if (!event.ctrlKey && !event.metaKey) event.preventDefault();
  };
  const write = () => {
    const { value } = field;
    field.value = "";
    if (value) take(value);
  };
  for (const type of ["keydown", "keypress", "keyup"]) window.addEventListener(type, onKey, true);
  field.addEventListener("input", (event) => { if (!event.isComposing) write(); });
  field.addEventListener("compositionend", write);
  for (const type of ["focusout", "pointerup", "visibilitychange"]) {
    document.addEventListener(type, () => setTimeout(hold, 0), true);
  }
  hold();
};
