// An image, and over it a transparent button for each spot that takes a click.
export default {
  render({ model, el }) {
    const figure = document.createElement("figure");
    const frame = document.createElement("div");
    const image = new Image();
    const caption = document.createElement("figcaption");
    const buttons = new Map();
    frame.append(image);
    figure.append(frame, caption);
    el.append(figure);

    function button(key) {
      const made = document.createElement("button");
      made.addEventListener("click", () => model.send({ spot: key }));
      // JupyterLab's own keys would take return and space for the cell.
      made.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") event.stopPropagation();
      });
      buttons.set(key, made);
      return made;
    }

    function show() {
      const drawing = model.get("drawing");
      image.src = drawing.image;
      image.alt = drawing.alt;
      caption.textContent = drawing.caption;
      const keys = new Set(drawing.spots.map((spot) => spot.key));
      for (const [key, old] of buttons) {
        if (!keys.has(key)) { old.remove(); buttons.delete(key); }
      }
      // A button that stays is left where it is, so that it keeps the focus.
      let last = image;
      for (const { key, label, kind, text, place } of drawing.spots) {
        const spot = buttons.get(key) ?? button(key);
        if (last.nextSibling !== spot) last.after(spot);
        last = spot;
        spot.className = `al-spot ${kind}`;
        spot.textContent = text;
        spot.title = label;
        spot.setAttribute("aria-label", label);
        spot.ariaCurrent = kind === "here" ? "true" : null;
        const [left, top, width, height] = place.map((part) => `${part}%`);
        Object.assign(spot.style, { left, top, width, height });
      }
    }

    model.on("change:drawing", show);
    show();
    return () => model.off("change:drawing", show);
  },
};
