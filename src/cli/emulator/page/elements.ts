export const byId = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

/** Creates an element. Strings become text, never markup, because requests may have set them. */
export function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const created = document.createElement(tag);
  if (className !== "") created.className = className;
  created.append(...children);
  return created;
}

export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
