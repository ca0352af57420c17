// SPDX-License-Identifier: Apache-2.0
// A canvas of cells that mouse and keyboard move over: one stop of the Tab key, arrows inside. Cell (0, 0) is at the
// bottom left.
class Grid {
  // colour(ix, iy): a CSS colour, or null to leave the cell free; mark(ix, iy): whether it gets a corner in the colour
  // of diverged GANs; point(ix, iy) is told where mouse or focus are (null: nowhere), choose(ix, iy) what was clicked.
  constructor(parent, {width, height, box, label, describedBy, colour, mark, point, choose, leave, start}) {
    Object.assign(this, {width, height, colour, mark, point, choose, leave, start});
    this.element = document.createElement('div');
    this.element.className = 'grid';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'application');
    this.element.setAttribute('aria-roledescription', 'diagram of cells');
    this.element.setAttribute('aria-label', label);
    if (describedBy) this.element.setAttribute('aria-describedby', describedBy);
    this.element.style.cssText = `left:${box.left}px;top:${box.top}px;width:${box.width}px;height:${box.height}px`;
    this.element.innerHTML = '<canvas aria-hidden="true"></canvas>';
    this.canvas = this.element.firstChild;
    this.at = this.over = this.chosen = null;
    parent.append(this.element);
    this.listen();
    this.paint();
  }

  listen() {
    const element = this.element;
    element.addEventListener('pointermove', event => this.hover(this.under(event)));
    element.addEventListener('pointerleave', () => this.hover(null));
    element.addEventListener('click', event => {
      this.at = this.under(event);
      this.pick();
    });
    element.addEventListener('focus', () => {
      if (!element.matches(':focus-visible')) return;
      this.at ??= this.chosen ?? this.start?.() ?? [0, 0];
      this.move(0, 0);
    });
    element.addEventListener('blur', () => { this.over = null; this.paint(); this.point(this.chosen); });
    element.addEventListener('keydown', event => {
      const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], Home: [-Infinity, 0],
                     End: [Infinity, 0], PageUp: [0, Infinity], PageDown: [0, -Infinity]};
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (moves[event.key]) this.move(...moves[event.key]);
      else if (event.key === 'Enter' || event.key === ' ') this.pick();
      else if (event.key === 'Escape' && this.leave) this.leave();
      else return;
      event.preventDefault();
    });
  }

  under(event) {
    const rect = this.element.getBoundingClientRect();
    const ix = Math.floor((event.clientX - rect.left) / rect.width * this.width);
    const iy = Math.floor((rect.bottom - event.clientY) / rect.height * this.height);
    return [Math.min(Math.max(ix, 0), this.width - 1), Math.min(Math.max(iy, 0), this.height - 1)];
  }

  hover(place) {
    if (String(place) === String(this.over)) return;
    this.over = place;
    this.paint();
    this.point(place ?? this.chosen);
  }

  move(dx, dy) {
    const [x, y] = this.at ?? [0, 0];
    this.at = [Math.min(Math.max(x + dx, 0), this.width - 1), Math.min(Math.max(y + dy, 0), this.height - 1)];
    this.hover(this.at);
  }

  pick() {
    if (!this.at || !this.choose) return;
    this.over = this.at;
    this.choose(...this.at);
    this.paint();
  }

  // Cells are painted once, outlines over a copy of them.
  paint(anew = false) {
    const ratio = window.devicePixelRatio || 1, {canvas} = this;
    const width = Math.round(this.element.clientWidth * ratio), height = Math.round(this.element.clientHeight * ratio);
    if (!width || !height) return;
    if (anew || !this.cells || this.cells.width !== width || this.cells.height !== height) this.paintCells(width, height);
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d');
    context.drawImage(this.cells, 0, 0);
    if (this.chosen) this.outline(context, this.chosen, themeColour('accent'), 3 * ratio, ratio);
    if (this.over) this.outline(context, this.over, themeColour('ink'), 2 * ratio, ratio);
  }

  rectangle([ix, iy], {width, height}) {
    const x = Math.round(ix * width / this.width), y = Math.round((this.height - 1 - iy) * height / this.height);
    return [x, y, Math.round((ix + 1) * width / this.width) - x, Math.round((this.height - iy) * height / this.height) - y];
  }

  paintCells(width, height) {
    this.cells = document.createElement('canvas');
    [this.cells.width, this.cells.height] = [width, height];
    const context = this.cells.getContext('2d'), gap = Math.min(width / this.width, height / this.height) > 12 ? 1 : 0;
    const lost = themeColour('diverged-fill'), edge = themeColour('surface');
    for (let iy = 0; iy < this.height; ++iy)
      for (let ix = 0; ix < this.width; ++ix) {
        const colour = this.colour(ix, iy);
        if (colour === null) continue;
        const [x, y, w, h] = this.rectangle([ix, iy], {width, height});
        context.fillStyle = colour;
        context.fillRect(x, y, Math.max(w - gap, 1), Math.max(h - gap, 1));
        const size = Math.min(w, h, 40) * .42;
        if (size < 2 || !this.mark?.(ix, iy)) continue;
        context.beginPath();
        context.moveTo(x + w - gap - size, y);
        context.lineTo(x + w - gap, y);
        context.lineTo(x + w - gap, y + size);
        context.closePath();
        context.fillStyle = lost;
        context.strokeStyle = edge;
        context.fill();
        context.stroke();
      }
  }

  outline(context, place, colour, line, ratio) {
    const [x, y, w, h] = this.rectangle(place, this.canvas), least = 7 * ratio;
    const grow = Math.max(0, (least - Math.min(w, h)) / 2);
    context.lineWidth = line + 2 * ratio;
    context.strokeStyle = themeColour('surface');
    context.strokeRect(x - grow, y - grow, w + 2 * grow, h + 2 * grow);
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.strokeRect(x - grow, y - grow, w + 2 * grow, h + 2 * grow);
  }
}
