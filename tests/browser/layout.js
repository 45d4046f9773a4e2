// Faults of the layout of a page, each in a line: what is cut off, too small for a thumb, or wider than the screen.
(least) => {
  const CONTROLS = "button, summary, input:not([type=hidden]), textarea, select, a[href]";
  const found = [];
  const wide = document.documentElement.clientWidth; // a phone zooms out of what is too wide, innerWidth grows with it
  const told = (element) => `<${element.localName} class="${element.className}"> "${element.textContent.trim().slice(0, 30)}"`;
  const inline = (element) => getComputedStyle(element).display === "inline";
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    const waits = box.right < 0; // a link to skip by, until it has the focus
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box.width > 1 && box.height > 1 && !waits;
  };
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const inside = (element) => {
    for (let above = element.parentElement; above; above = above.parentElement) if (scrolls(above)) return true;
    return false;
  };
  const shown = (selector) => [...document.querySelectorAll(selector)].filter(seen);

  if (document.scrollingElement.scrollWidth > wide)
    found.push(`the page is ${document.scrollingElement.scrollWidth} wide, the screen ${wide}`);

  // A thumb hits it: a link in a sentence may be as small as its words, a tick is as large as its label.
  for (const element of shown(CONTROLS)) {
    if (inline(element)) continue;
    const label = element.matches("[type=checkbox], [type=radio]") && element.closest("label");
    const box = (label || element).getBoundingClientRect();
    if (box.height < least - 0.5 || box.width < least - 0.5)
      found.push(`${Math.round(box.width)}x${Math.round(box.height)} is too small: ${told(label || element)}`);
  }

  // Nothing that is said is cut off, nor drawn beyond the screen.
  for (const element of shown("body *")) {
    if (element.closest("svg") || element.matches("input, textarea, select")) continue;
    const style = getComputedStyle(element);
    const cut = (axis) => /hidden|clip/.test(axis);
    if (cut(style.overflowX) && element.scrollWidth > element.clientWidth + 1) found.push(`cut at its side: ${told(element)}`);
    if (cut(style.overflowY) && element.scrollHeight > element.clientHeight + 1) found.push(`cut at its foot: ${told(element)}`);
    const box = element.getBoundingClientRect();
    if (!inside(element) && (box.right > wide + 1 || box.left < -1)) found.push(`outside of the screen: ${told(element)}`);
  }
  for (const element of shown("button, summary, a[href]")) {
    if (inline(element)) continue;
    if (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
      found.push(`its words do not fit: ${told(element)}`);
  }

  // What can be tapped does not lie over another.
  const targets = shown(CONTROLS).filter((element) => !inline(element));
  const boxes = targets.map((element) => element.getBoundingClientRect());
  const overlap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  for (let i = 0; i < boxes.length; i++)
    for (let j = i + 1; j < boxes.length; j++)
      if (overlap(boxes[i], boxes[j]) && !targets[i].contains(targets[j]))
        found.push(`${told(targets[i])} lies over ${told(targets[j])}`);
  return found;
}
