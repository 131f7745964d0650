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
  const section = element("section");
  section.append(element("h2", path), element("p", policy));
  if (preflight !== null) {
    section.append(element("h3", "The browser asks first"), element("pre", preflight));
  }
  if (request === null) {
    section.append(element("h3", "It does not send the request"));
  } else {
    section.append(element("h3", "It sends the request"), element("pre", request));
  }
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
