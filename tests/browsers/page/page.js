// The page asks its server for one job after the other, and says with each question what came of the
// last one.
"use strict";

const ask = async (said) => {
  const response = await fetch("next", { method: "POST", body: JSON.stringify(said) });
  return response.json();
};

const frames = new Map();

// A frame in which steps run. One of a `data:` URL has to bring its script with it.
const openFrame = async ({ key, url, sandbox }) => {
  const frame = document.createElement("iframe");
  if (sandbox !== null) {
    frame.setAttribute("sandbox", sandbox);
  }
  frame.src = url ?? await (async () => {
    const source = await (await fetch("steps.js")).text();
    return `data:text/html,${encodeURIComponent(`<script>${source}</script>`)}`;
  })();
  const isReady = answerOf(frame);
  document.documentElement.append(frame);
  await isReady;
  frames.set(key, frame);
};

const answerOf = (frame) => new Promise((resolve, reject) => {
  const listen = ({ source, data }) => {
    if (source === frame.contentWindow) {
      removeEventListener("message", listen);
      resolve(data);
    }
  };
  addEventListener("message", listen);
  setTimeout(() => reject(new Error("the frame does not answer")), FRAME_TIMEOUT_MS);
});

const FRAME_TIMEOUT_MS = 25_000;

const run = async ({ step, frame }) => {
  if (frame === null) {
    return outcomeOf(step);
  }
  if (!frames.has(frame.key)) {
    await openFrame(frame);
  }
  const answer = answerOf(frames.get(frame.key));
  frames.get(frame.key).contentWindow.postMessage(step, "*");
  return answer;
};

const closeFrames = () => {
  frames.forEach((frame) => frame.remove());
  frames.clear();
};

(async () => {
  let said = { hello: location.origin };
  for (;;) {
    const job = await ask(said);
    if (job.go !== undefined) {
      location.replace(job.go);
      return;
    }
    if (job.is_first) {
      closeFrames();
    }
    try {
      said = await run(job);
    } catch (error) {
      said = { failure: String(error) };
    }
  }
})();
