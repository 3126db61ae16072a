// Defines selectorOf(element) in the page: the nearest id and the way from there, as axe-core names elements.
export function selectorOf() {
  globalThis.selectorOf = element => {
    const steps = [];
    for (let at = element; at; at = at.parentElement) {
      if (at.id) {
        steps.unshift(`#${CSS.escape(at.id)}`);
        break;
      }
      const name = at.localName;
      const alike = at.parentElement ? [...at.parentElement.children].filter(e => e.localName === name) : [at];
      steps.unshift(alike.length > 1 ? `${name}:nth-of-type(${alike.indexOf(at) + 1})` : name);
    }
    return steps.join(' > ');
  };
}
