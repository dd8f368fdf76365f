// The stepper: walks through a recorded cell, one scene per position; position 0 shows the outcome.
// An anywidget front-end module. Its model holds `trace` and `step`; its element is the static
// output, whose tables hold the words.

const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
const PAUSE = 1200;

function make(tag, name, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function button(sign, label, action) {
  const element = make("button", "", sign, { type: "button", title: label, "aria-label": label });
  element.addEventListener("click", action);
  return element;
}

// The picture's own style would reach the whole page, so it stays behind.
function picture(source, label) {
  const svg = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
  svg.querySelector("style")?.remove();
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  splitHeads(svg);
  return document.importNode(svg, true);
}

// Values flow down an edge; while a gradient flows back up, the arrowhead stands at its other end.
function splitHeads(svg) {
  const drawn = {};
  for (const edge of svg.querySelectorAll("[data-edge]")) {
    const head = (name, path) => {
      const element = edge.cloneNode();
      element.removeAttribute("data-edge");
      element.setAttribute("class", name);
      element.setAttribute("d", path);
      return element;
    };
    let [line, arrow] = edge.getAttribute("d").split(/(?=M)/);
    const like = edge.getAttribute("class") + edge.dataset.edge.split(" ")[0];
    // It begins where it parts from the one before; lit up alone it needs the whole way.
    if (edge.dataset.after) line = drawn[like].slice(0, edge.dataset.after) + line.replace(/^M[^a-z]+/, "");
    drawn[like] = line;
    edge.setAttribute("d", line);
    edge.after(head("ahead", arrow), head("back", `${line.match(/^M[^a-z]+/)}l-5 8h10z`));
  }
}

// Scrolls inside the graph's own box only: the page must not move under the reader.
function reveal(frame, box) {
  const outer = frame.getBoundingClientRect();
  const inner = box.getBoundingClientRect();
  frame.scrollBy({
    left: inner.width > outer.width ? inner.left - outer.left - 8 : (inner.left + inner.right - outer.left - outer.right) / 2,
    top: (inner.top + inner.bottom - outer.top - outer.bottom) / 2,
    behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
  });
}

function rows(el, kind) {
  return [...el.querySelectorAll(`details[data-table=${kind}] tbody tr`)];
}

// What a row says: its first words as they are, of further cells under the words of their column.
function contents(row, first) {
  const heads = row.closest("table").querySelectorAll("th");
  const copy = row.cloneNode(true);
  // A matrix gets its lines back.
  for (const code of copy.querySelectorAll("code")) code.textContent = code.textContent.replaceAll("], [", "],\n [");
  return [...copy.cells].slice(first).flatMap((cell, index) => {
    if (index === 0) return [...cell.childNodes];
    const part = make("div", "");
    part.append(make("span", "", heads[first + index].textContent), " ", ...cell.childNodes);
    return [part];
  });
}

// A gradient cut after a whole number, or before the first, where a picture has less room for it.
function clipped(text, columns) {
  const [, name, value] = text.match(/^(\S+ )(.*)$/);
  return value.length <= columns ? text : `${name}${value.slice(0, columns - 1).match(/^(.*, |\[*)/)[0]}…`;
}

// The tables open on a click each; with scripts they are tabs, of which at most one is open.
function tabs(el) {
  const bar = make("div", "al-tabs");
  const all = [...el.querySelectorAll("details[data-table]")];
  for (const details of all) {
    const tab = make("button", "", details.querySelector("summary").textContent, { type: "button" });
    tab.addEventListener("click", () => {
      const open = !details.open;
      for (const other of all) other.open = other === details && open;
    });
    const tell = () => tab.setAttribute("aria-expanded", details.open);
    details.addEventListener("toggle", tell);
    tell();
    bar.append(tab);
  }
  all[0]?.before(bar);
}

class Player {
  constructor(model, el) {
    Object.assign(this, model.get("trace"), { model, el, chosen: null, timer: null });
    this.last = this.scenes.length - 1;
    const told = rows(el, "steps");
    this.told = this.scenes.map((scene, index) => (index && !scene.op ? told.shift() : null));
    this.facts = new Map(rows(el, "tensors").map((row, index) => [String(this.tensors[index]), row]));
    this.source = rows(el, "lines").map((row) => row.querySelector("code")?.textContent ?? "");
    this.panel = make("div", "al-panel", "", { "aria-live": "polite", "aria-atomic": "true" });
    this.graph = make("div", "al-graph");
    this.graph.addEventListener("click", (event) => {
      const box = event.target.closest("[data-box]");
      if (box) this.choose(box.dataset.box);
    });
    const image = el.querySelector("img");
    const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (character) => character.charCodeAt(0));
    this.pictures[""] = new TextDecoder().decode(bytes);
    const body = make("div", "al-body");
    body.append(this.graph, this.panel);
    image.replaceWith(this.controls(), body);
    el.classList.add("al-player");
    for (const [key, value] of Object.entries({ role: "group", tabindex: 0, "aria-label": this.words.group }))
      el.setAttribute(key, value);
    // Notebook 7 takes its shortcuts where a key enters the document, on its way down to here.
    const keys = (event) => (el.contains(event.target) ? this.press(event) : removeEventListener("keydown", keys, true));
    el.addEventListener("focusin", () => addEventListener("keydown", keys, true));
    tabs(el);
    model.on("change:step", () => this.draw());
    this.open("");
  }

  controls() {
    const { words } = this;
    const bar = make("div", "al-controls");
    this.position = make("span", "al-position");
    this.back = [button("«", words.first, () => this.go(-Infinity)), button("‹", words.previous, () => this.go(-1))];
    this.forth = [button("›", words.next, () => this.go(1)), button("»", words.last, () => this.go(Infinity))];
    this.playing = button("▶", words.play, () => this.play(!this.timer));
    this.speed = make("select", "", "", { title: words.speed, "aria-label": words.speed });
    for (const speed of ["0.5", "1", "2", "4"]) this.speed.append(make("option", "", `${speed}×`, { value: speed }));
    this.speed.value = "1";
    this.speed.addEventListener("change", () => this.timer && this.play(true));
    this.folding = button("⊟", words.fold, () => this.open(""));
    bar.append(...this.back, this.playing, ...this.forth, this.position, this.speed, this.folding);
    bar.append(make("span", "al-hint", words.hint));
    bar.hidden = this.last === 0 && !Object.keys(this.pictures).length;
    return bar;
  }

  press(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // A control knows its own keys; the page around it must not take them.
    if (!target.closest("select, summary") && (target === this.el || (key !== " " && key !== "Enter"))) {
      if (KEYS[key] !== undefined) this.go(KEYS[key]);
      else if (key === "ArrowUp" || key === "ArrowDown") this.walk(key === "ArrowDown" ? 1 : -1);
      else if (key === "Escape") this.chosen ? this.choose(null) : this.open("");
      else if (key === " ") this.play(!this.timer);
      else if (key === "Enter" && this.chosen) this.choose(this.chosen);
      else return;
      event.preventDefault();
    }
    event.stopPropagation();
  }

  play(on) {
    clearInterval(this.timer);
    this.timer = null;
    if (on) {
      if (this.model.get("step") === this.last) this.go(-Infinity);
      const tick = () => (this.el.isConnected && this.model.get("step") < this.last ? this.go(1) : this.play(false));
      this.timer = setInterval(tick, PAUSE / Number(this.speed.value));
    }
    this.playing.textContent = on ? "⏸" : "▶";
    for (const name of ["title", "aria-label"]) this.playing.setAttribute(name, on ? this.words.pause : this.words.play);
  }

  // Shows the picture with every loop folded (""), or with one of them open.
  open(fold) {
    if (this.pictures[fold] === undefined || this.opened === fold) return;
    const before = this.boxes;
    this.opened = fold;
    this.chosen = null;
    const svg = picture(this.pictures[fold], this.words.graph);
    this.columns = Number(svg.dataset.columns);
    // On a narrow page it shrinks as long as one can read it, then it scrolls.
    svg.style.minWidth = `${0.8 * svg.getAttribute("width")}px`;
    this.graph.replaceChildren(svg);
    this.boxes = new Map([...this.graph.querySelectorAll("[data-box]")].map((box) => [box.dataset.box, box]));
    this.edges = [...this.graph.querySelectorAll("[data-edge]")];
    // The picture comes with the gradients that were left at the end.
    this.outcome = new Map([...this.boxes].map(([key, box]) => [key, box.querySelector(".grad")?.textContent]));
    this.folding.hidden = fold === "";
    this.model.set("step", this.stop(this.model.get("step"))[1]);
    this.draw();
    const unfolded = fold && [...this.boxes.keys()].find((key) => !before.has(key));
    if (unfolded) reveal(this.graph, this.boxes.get(unfolded));
  }

  // Where a node is drawn now: in a box of its own, else in that of its folded loop.
  home(node) {
    return this.boxes.has(String(node)) ? String(node) : this.homes[node];
  }

  // First and last of the scenes around `step` that happen inside one folded box: they are one stop.
  stop(step) {
    const box = this.home(this.scenes[step].n);
    let [first, end] = [step, step];
    if (step && this.boxes.get(box)?.classList.contains("fold")) {
      const here = ({ n, op }) => this.home(n) === box && op === this.scenes[step].op;
      while (first > 1 && here(this.scenes[first - 1])) first -= 1;
      while (end < this.last && here(this.scenes[end + 1])) end += 1;
    }
    return [first, end];
  }

  go(move) {
    const [first, end] = this.stop(this.model.get("step"));
    const target = Math.min(Math.max((move < 0 ? first : end) + move, 0), this.last);
    this.chosen = null;
    this.model.set("step", this.stop(target)[1]);
    this.model.save_changes();
    this.draw();
  }

  // A first click on a box tells about it; on a folded loop it opens the loop.
  choose(key) {
    if (key && this.boxes.get(key)?.classList.contains("fold") && this.opened !== key && this.pictures[key]) {
      this.open(key);
      return;
    }
    this.chosen = key;
    this.draw();
  }

  walk(direction) {
    const keys = [...this.boxes.keys()];
    const at = keys.indexOf(this.chosen);
    this.chosen = keys[at < 0 && direction < 0 ? keys.length - 1 : Math.min(Math.max(at + direction, 0), keys.length - 1)];
    this.draw();
  }

  draw() {
    const step = this.model.get("step");
    const scene = this.scenes[step];
    const [first, end] = this.stop(step);
    const now = this.home(scene.n);
    const { words } = this;
    this.position.textContent = (step === 0 ? words.outcome : first === end ? words.position : words.positions)
      .replace("{first}", first).replace("{position}", step).replace("{last}", this.last);
    // Not `disabled`: a button that loses the focus would take the arrow keys with it.
    for (const b of this.back) b.setAttribute("aria-disabled", step === 0);
    for (const b of this.forth) b.setAttribute("aria-disabled", step === this.last);

    const past = this.scenes.slice(1, step + 1);
    const gradients = Object.assign({}, this.start, ...past.map((s) => s.g));
    const freed = new Set(past.flatMap((s) => s.f ?? []));
    const done = new Set(past.filter((s) => !s.op).map((s) => this.home(s.n)));
    const later = new Set(step ? this.scenes.slice(step + 1).filter((s) => s.op).map((s) => String(s.n)) : []);
    for (const [key, box] of this.boxes) {
      box.classList.toggle("now", step > 0 && key === now);
      box.classList.toggle("done", done.has(key) && key !== now);
      box.classList.toggle("later", later.has(key));
      box.classList.toggle("chosen", key === this.chosen);
      box.querySelector(".freed")?.classList.toggle("hidden", step > 0 && !freed.has(Number(key)));
      const line = box.querySelector(".grad");
      const missing = box.classList.contains("leaf") ? words.leaf : words.none;
      if (line) line.textContent = step ? clipped(gradients[key] ?? missing, this.columns) : this.outcome.get(key);
    }
    const flowing = (s) => (s.to ?? []).map((node) => `${this.home(node)} ${this.home(s.n)}`);
    const active = new Set(flowing(scene));
    const passed = new Set(past.flatMap(flowing));
    for (const edge of this.edges) {
      edge.classList.toggle("now", active.has(edge.dataset.edge) && !edge.classList.contains("cut"));
      edge.classList.toggle("done", passed.has(edge.dataset.edge));
    }
    this.tell(step, scene);
    const box = this.boxes.get(this.chosen ?? (step ? now : undefined));
    if (box) reveal(this.graph, box);
  }

  // The words beside the graph: about the chosen box, else about the present step.
  tell(step, scene) {
    const about = this.chosen ?? (scene.op ? String(scene.n) : null);
    const row = about ? this.facts.get(about) : this.told[step];
    const words = this.chosen ? this.words.folded : step ? "" : this.words.begin;
    // The first cell of a step holds its number.
    const told = row ? contents(row, about ? 0 : 1) : [make("p", "al-hint", words)];
    this.panel.replaceChildren(...this.code(this.chosen ? null : scene.at), ...told);
    const mark = this.panel.querySelector("mark");
    if (mark) reveal(mark.parentElement, mark);
  }

  // The source lines of a step, with its expression marked.
  code(at) {
    if (!at) return [];
    const [line, start, end] = at;
    // Python counts characters; a string of JavaScript counts two for an emoji.
    const text = [...this.source.slice(line).join("\n")];
    const part = (from, to) => text.slice(from, to).join("");
    const whole = text.indexOf("\n", end);
    const pre = make("pre", "al-code", "");
    pre.append(make("span", "al-line", `${this.numbers[line]} `), part(0, start), make("mark", "", part(start, end)));
    pre.append(part(end, whole < 0 ? text.length : whole));
    return [pre];
  }
}

function render({ model, el }) {
  new Player(model, el);
}

export default { render };
