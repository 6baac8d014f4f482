// What Flet's client reads at its start, and the three calls by which it speaks with Python (`flet_web` 1.0.5,
// `python.js`): here they reach the station's worker, which has been starting since the page was opened.
"use strict";
var flet = {
  pyodide: true, multiView: false, noCdn: true, webSocketEndpoint: "", entrypointBaseUrl: "/handset/", assetBase: "/handset/",
  routeUrlStrategy: "hash", canvasKitBaseUrl: "/handset/canvaskit/", webRenderer: "auto", fontFallbackBaseUrl: "assets/fonts/",
};
flet.flutterAppLoaded = new Promise((resolve) => { flet.flutterAppResolve = resolve; });

// The one script that Flet's client would fetch from elsewhere is answered by an empty one of ours.
const source = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, "src");
Object.defineProperty(HTMLScriptElement.prototype, "src", {
  ...source, set(url) { source.set.call(this, String(url).includes("rive_native") ? "rive_native.js" : url); },
});

// Packets that the station sent before the client was there wait for it.
const client = { take: null, waiting: [] };
globalThis.takePacket = (packet) => { client.take ? client.take(packet) : client.waiting.push(packet); };
globalThis.jsConnect = async (appId, args, take) => {
console.log("jsConnect", appId, typeof take);
  await globalThis.station.begun;
console.log("begun");
  client.take = take;
  for (const packet of client.waiting.splice(0)) take(packet);
};
globalThis.jsSend = async (appId, packet) => { console.log("jsSend", packet.constructor.name); globalThis.station.post(packet, [packet.buffer]); };
globalThis.jsDisconnect = async () => {};
