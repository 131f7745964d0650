// Asks the server what is decided, whenever something is typed, and shows the answer as text.

const form = document.querySelector("form");
const mistake = document.querySelector("#mistake");
const answers = document.querySelector("#answers");

let asked = 0;

async function ask() {
  const number = ++asked;
  let shown = [];
  let wrong = "";
  try {
    const query = new URLSearchParams(new FormData(form));
    const response = await fetch(`/.serve/decisions?${query}`);
    const decided = await response.json();
    if (response.ok) shown = decided.map(section);
    else wrong = decided;
  } catch (error) {
    wrong = `The server does not answer: ${error.message}`;
  }
  if (number !== asked) return; // something else was typed since
  mistake.textContent = wrong;
  answers.replaceChildren(...shown);
}

function section({ path, policy, preflight, request }) {
  const list = element("dl");
  if (preflight !== null) list.append(element("dt", "The browser asks first"), element("dd", preflight));
  list.append(element("dt", preflight === null ? "The request" : "The request itself"), element("dd", request));
  const section = element("section");
  section.append(element("h2", path), element("pre", policy), list);
  return section;
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

form.addEventListener("input", ask);
form.addEventListener("submit", (event) => event.preventDefault());
ask();
