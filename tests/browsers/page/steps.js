// How a script makes the request of a step, and what it then sees. Runs in pages and in frames.
"use strict";

const runStep = async (step) => {
  const tooLate = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("nothing came of the request in time")), STEP_TIMEOUT_MS);
  });
  return Promise.race([ways[step.via](step), tooLate]);
};

const STEP_TIMEOUT_MS = 20_000;

const seen = (what) => ({
  readable: false, opaque: false, opaqueredirect: false,
  status: null, url: null, headers: null, error: null,
  ...what,
});

const blocked = (error) => seen({ error: String(error) });

const bodyOf = (body) => {
  if (body === null) {
    return undefined;
  }
  const { type, value } = body;
  const pairs = () => Object.entries(value).map(([key, value]) => [key, textOf(value)]);
  switch (type) {
    case "text":
      return textOf(value);
    case "letters":
      return "a".repeat(value);
    case "urlencoded":
      return new URLSearchParams(typeof value === "string" ? value : pairs());
    case "form": {
      const form = new FormData();
      pairs().forEach(([key, value]) => form.append(key, value));
      return form;
    }
    default:
      throw new Error(`unknown body ${type}`);
  }
};

// A header that has several lines has an array of them.
const linesOf = (headers) =>
  Object.entries(headers).flatMap(([name, lines]) => [lines].flat().map((line) => [name, line]));

const textOf = (value) => typeof value === "string" ? value : JSON.stringify(value);

// An event stream does not end, so its end is not waited for.
const isEndless = (contentType) => (contentType ?? "").startsWith("text/event-stream");

const viaFetch = async ({ url, body, cache, referrer_policy, ...settings }) => {
  const { method, headers, credentials, mode, redirect, keepalive } = settings;
  const abort = new AbortController();
  let response;
  try {
    response = await fetch(url, {
      method, credentials, mode, redirect, keepalive, signal: abort.signal,
      headers: linesOf(headers),
      body: bodyOf(body), cache: cache ?? undefined, referrerPolicy: referrer_policy ?? undefined,
    });
    if (isEndless(response.headers.get("content-type"))) {
      abort.abort();
    } else {
      await response.text();
    }
  } catch (error) {
    return blocked(error);
  }
  return seen({
    readable: response.type === "basic" || response.type === "cors",
    opaque: response.type === "opaque",
    opaqueredirect: response.type === "opaqueredirect",
    status: response.status,
    url: response.url,
    headers: Object.fromEntries(response.headers),
  });
};

const sendXhr = ({ url, method, headers, credentials, body }, { isAsync, listen }) => {
  const xhr = new XMLHttpRequest();
  const listener = () => {};
  const result = new Promise((resolve) => {
    xhr.addEventListener("load", () => resolve(seenBy(xhr)));
    xhr.addEventListener("error", () => resolve(blocked("error event")));
    xhr.addEventListener("readystatechange", () => {
      const { readyState, HEADERS_RECEIVED } = xhr;
      if (readyState === HEADERS_RECEIVED && isEndless(xhr.getResponseHeader("content-type"))) {
        resolve(seenBy(xhr));
        xhr.abort();
      }
    });
  });
  try {
    xhr.open(method, url, isAsync);
    xhr.withCredentials = credentials === "include";
    linesOf(headers).forEach(([name, line]) => xhr.setRequestHeader(name, line));
    if (listen === "before") {
      xhr.upload.addEventListener("progress", listener);
    }
    xhr.send(bodyOf(body));
  } catch (error) {
    return blocked(error);
  }
  if (listen === "after") {
    xhr.upload.addEventListener("progress", listener);
  }
  return isAsync ? result : seenBy(xhr);
};

const seenBy = (xhr) => {
  const lines = xhr.getAllResponseHeaders().split("\r\n").filter((line) => line !== "");
  const header = (line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  };
  return seen({
    readable: true,
    status: xhr.status,
    url: xhr.responseURL,
    headers: Object.fromEntries(lines.map(header)),
  });
};

// A picture can be seen without CORS; whether a script may read it, a canvas tells.
const viaImg = ({ url, mode, credentials }) => new Promise((resolve) => {
  const img = new Image();
  if (mode !== "no-cors") {
    img.crossOrigin = credentials === "include" ? "use-credentials" : "anonymous";
  }
  img.onerror = () => resolve(blocked("error event"));
  img.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d");
    context.drawImage(img, 0, 0);
    try {
      context.getImageData(0, 0, 1, 1);
      resolve(seen({ readable: true }));
    } catch {
      resolve(seen({ opaque: true }));
    }
  };
  img.src = url;
});

// An import has no setting for credentials, so it needs an element to send them.
const viaModule = ({ url, credentials }) => {
  if (credentials !== "include") {
    return import(url).then(() => seen({ readable: true }), blocked);
  }
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.type = "module";
    script.crossOrigin = "use-credentials";
    script.onload = () => resolve(seen({ readable: true }));
    script.onerror = () => resolve(blocked("error event"));
    script.src = url;
    document.documentElement.append(script);
  });
};

const viaFont = ({ url }) =>
  new FontFace("test", `url("${url}")`).load().then(() => seen({ readable: true }), blocked);

const viaEventSource = ({ url, credentials }) => new Promise((resolve) => {
  const source = new EventSource(url, { withCredentials: credentials === "include" });
  const end = (result) => {
    source.close();
    resolve(result);
  };
  source.onopen = () => end(seen({ readable: true }));
  source.onerror = () => end(blocked("error event"));
});

// Nobody hears what becomes of a beacon.
const viaBeacon = async ({ url, headers, body }) => {
  const type = linesOf(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const value = bodyOf(body) ?? "";
  navigator.sendBeacon(url, type === undefined ? value : new Blob([value], { type }));
  return seen({ readable: null });
};

// A form stands in a frame of its own, which then shows the answer: it is not for the page to see.
const viaForm = ({ url, body, referrer_policy }) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.srcdoc = `<meta name="referrer" content="${referrer_policy ?? ""}">`;
  frame.onload = () => {
    frame.onload = null;
    const inFrame = frame.contentDocument;
    const form = Object.assign(inFrame.createElement("form"), { method: "POST", action: url });
    Object.entries(body.value).forEach(([name, value]) => {
      form.append(Object.assign(inFrame.createElement("input"), { name, value }));
    });
    inFrame.body.append(form);
    form.submit();
    resolve(seen({ readable: null }));
  };
  document.documentElement.append(frame);
});

// A worker has no scripts in common with its page, so it gets the source of what it needs.
const viaWorker = (step) => new Promise((resolve) => {
  const source = Object.entries({ seen, blocked, bodyOf, linesOf, textOf, isEndless, viaFetch })
    .map(([name, value]) => `const ${name} = ${value};`)
    .join("\n");
  const work = "onmessage = async ({ data }) => postMessage(await viaFetch(data));";
  const url = URL.createObjectURL(new Blob([source, work], { type: "text/javascript" }));
  const worker = new Worker(url);
  const end = (result) => {
    worker.terminate();
    URL.revokeObjectURL(url);
    resolve(result);
  };
  worker.onmessage = ({ data }) => end(data);
  worker.onerror = (error) => end(blocked(error.message));
  worker.postMessage(step);
});

const ways = {
  "fetch": viaFetch,
  "xhr": (step) => sendXhr(step, { isAsync: true }),
  "xhr-sync": async (step) => sendXhr(step, { isAsync: false }),
  "xhr-upload": (step) => sendXhr(step, { isAsync: true, listen: "before" }),
  "xhr-late-upload": (step) => sendXhr(step, { isAsync: true, listen: "after" }),
  "img": viaImg,
  "module": viaModule,
  "font": viaFont,
  "eventsource": viaEventSource,
  "beacon": viaBeacon,
  "form": viaForm,
  "worker": viaWorker,
};

// What came of a step, or why it could not be run.
const outcomeOf = (step) => runStep(step).then(
  (result) => ({ result }),
  (error) => ({ failure: String(error) }),
);

if (parent !== window) {
  addEventListener("message", async ({ source, data }) => {
    source.postMessage(await outcomeOf(data), "*");
  });
  parent.postMessage("ready", "*");
}
