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
    section.append(...part("The browser asks first", "The answer", preflight));
  }
  if (request === null) {
    section.append(element("h3", "It does not send the request"));
  } else {
    section.append(...part("It sends the request", "The response gets", request));
  }
  return section;
}

function part(title, answer, { reason, headers }) {
  const shown = [element("h3", title), element("p", reason)];
  if (headers.length > 0) shown.push(element("h4", answer), element("pre", headers.join("\n")));
  return shown;
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

form.addEventListener("input", ask);
form.addEventListener("submit", (event) => event.preventDefault());
ask();
