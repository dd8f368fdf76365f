// The stepper: walks through a recorded backward pass, one scene per position.
// An anywidget front-end module. Its model holds `trace` ({words, scenes}), `svg` and `step`.

const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

function make(tag, name, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// The picture's own style would reach the whole page, so it stays behind.
function picture(source, label) {
  const svg = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
  svg.querySelector("style")?.remove();
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return document.importNode(svg, true);
}

// Values flow down an edge; while a gradient flows back up, the edge has its arrowhead at the other end.
function addReturnArrow(edge) {
  const head = edge.querySelector(".head").cloneNode();
  const [x, y] = edge.querySelector("path").getAttribute("d").match(/-?[\d.]+/g);
  head.setAttribute("class", "back");
  head.setAttribute("d", `M${x} ${y}l-5 8h10z`);
  edge.append(head);
}

function quantity([label, value, formula, note]) {
  const row = make("div", "al-row");
  const body = make("dd", "");
  if (formula) body.append(make("span", "al-formula", formula + " ="));
  body.append(make("span", "al-value", value));
  if (note) body.append(make("span", "al-note", note));
  row.append(make("dt", "", label), body);
  return row;
}

// Scrolls inside the graph's own box only: the page must not move under the reader.
function reveal(box, node) {
  const frame = box.getBoundingClientRect();
  const inner = node.getBoundingClientRect();
  const tooWide = inner.width > frame.width;
  box.scrollBy({
    left: tooWide ? inner.left - frame.left - 8 : (inner.left + inner.right - frame.left - frame.right) / 2,
    top: (inner.top + inner.bottom - frame.top - frame.bottom) / 2,
    behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
  });
}

function render({ model, el }) {
  const { words, scenes } = model.get("trace");
  const last = scenes.length - 1;
  const root = make("div", "al-player", "", {
    role: "group", tabindex: "0", "aria-label": words.group,
  });
  const controls = make("div", "al-controls");
  const position = make("span", "al-position");
  const graph = make("div", "al-graph");
  const panel = make("div", "al-panel", "", { "aria-live": "polite", "aria-atomic": "true" });

  const go = (step) => {
    model.set("step", Math.min(Math.max(step, 0), last));
    model.save_changes();
    draw();
  };
  const button = (sign, label, move) => {
    const element = make("button", "", sign, { type: "button", title: label, "aria-label": label });
    element.addEventListener("click", () => go(model.get("step") + move));
    controls.append(element);
    return element;
  };
  const back = [button("«", words.first, -Infinity), button("‹", words.previous, -1)];
  controls.append(position);
  const forth = [button("›", words.next, 1), button("»", words.last, Infinity)];
  controls.append(make("span", "al-hint", words.hint));

  function draw() {
    const step = model.get("step");
    const scene = scenes[step];
    const past = scenes.slice(1, step);
    position.textContent = words.position.replace("{position}", step).replace("{last}", last);
    // Not `disabled`: a button that loses the focus would take the arrow keys with it.
    for (const b of back) b.setAttribute("aria-disabled", step === 0);
    for (const b of forth) b.setAttribute("aria-disabled", step === last);

    const gradients = Object.assign({}, ...scenes.slice(0, step + 1).map((s) => s.gradients));
    for (const node of graph.querySelectorAll("[data-node]")) {
      const id = Number(node.dataset.node);
      node.classList.toggle("now", scene.node === id);
      node.classList.toggle("done", past.some((s) => s.node === id));
      const line = node.querySelector(".grad");
      if (line) line.textContent = gradients[id];
    }
    for (const edge of graph.querySelectorAll("[data-edge]")) {
      const id = Number(edge.dataset.edge);
      edge.classList.toggle("now", scene.edges.includes(id));
      edge.classList.toggle("done", past.some((s) => s.edges.includes(id)));
    }

    const rows = make("dl", "");
    rows.append(...scene.rows.map(quantity));
    panel.replaceChildren(make("p", "al-title", scene.title), make("p", "al-subtitle", scene.subtitle), rows);
    const now = graph.querySelector(".node.now");
    if (now) reveal(graph, now);
  }

  root.addEventListener("keydown", (event) => {
    const move = KEYS[event.key];
    if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    go(model.get("step") + move);
  });
  model.on("change:step", draw);

  graph.append(picture(model.get("svg"), words.graph));
  graph.querySelectorAll("[data-edge]").forEach(addReturnArrow);
  if (last === 0) controls.hidden = true;
  const body = make("div", "al-body");
  body.append(graph, panel);
  root.append(controls, body);
  el.replaceChildren(root);
  draw();
}

export default { render };
