// Calls the service as a gRPC-web client does, without generated code.

const service = document.querySelector("meta[name=service]").content;

// What the client of https://github.com/grpc/grpc-web adds to each call.
const always = {
  "content-type": "application/grpc-web+proto",
  "x-grpc-web": "1",
  "x-user-agent": "grpc-web-javascript/0.1",
};

async function check(name, deadline) {
  const text = new TextEncoder().encode(name);
  const message = [0x0a, text.length, ...text]; // HealthCheckRequest { service: name }
  const response = await fetch(`${service}/grpc.health.v1.Health/Check`, {
    method: "POST",
    headers: { ...always, ...deadline },
    body: Uint8Array.of(0, 0, 0, 0, message.length, ...message),
  });
  // An answer without a message says how the call went in its headers.
  let trailers = response.headers;
  let isServing = false;
  for (const { isTrailers, bytes } of frames(await response.arrayBuffer())) {
    if (isTrailers) trailers = parse(bytes);
    else isServing = bytes.join() === "8,1"; // HealthCheckResponse { status: SERVING }
  }
  return {
    isServing,
    status: trailers.get("grpc-status"),
    message: decodeURIComponent(trailers.get("grpc-message") ?? ""),
    hasDetails: trailers.has("grpc-status-details-bin"),
  };
}

function* frames(buffer) {
  const view = new DataView(buffer);
  for (let at = 0; at < buffer.byteLength; ) {
    const length = view.getUint32(at + 1);
    const isTrailers = view.getUint8(at) === 0x80;
    yield { isTrailers, bytes: new Uint8Array(buffer, at + 5, length) };
    at += 5 + length;
  }
}

function parse(bytes) {
  const lines = new TextDecoder().decode(bytes).trim().split("\r\n");
  return new Headers(lines.map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 1)]));
}

const deadline = { "grpc-timeout": "5S" };
const calls = {
  "the server": () => check("", deadline),
  "a service that it does not have": () => check("nobody.Nothing", deadline),
  "a call without a deadline": () => check("", {}),
};

// One after the other, so that the first preflight answers for all.
async function callAll() {
  const outcomes = {};
  for (const [title, call] of Object.entries(calls)) {
    outcomes[title] = await call().catch((error) => ({ error: error.name }));
  }
  return outcomes;
}

// A promise: where two scripts import a module that waits, WebKitGTK waits for ever.
export const outcomes = callAll();

function show(outcomes) {
  for (const [title, outcome] of Object.entries(outcomes)) {
    for (const [name, text] of [["dt", title], ["dd", JSON.stringify(outcome)]]) {
      const element = document.createElement(name);
      element.textContent = text;
      document.querySelector("#outcomes").append(element);
    }
  }
}

outcomes.then(show);
