// Suggestions while somebody types into a field with data-suggest: a list box after https://www.w3.org/WAI/ARIA/apg/patterns/combobox/.
// Without this script the form works as it is.
"use strict";

(() => {
  const PAUSE_MS = 120;

  for (const field of document.querySelectorAll("input[data-suggest]")) {
    let list = null;
    let chosen = -1;
    let asked = "";
    let timer = 0;
    let request = null;

    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");

    const close = () => {
      list?.remove();
      list = null;
      chosen = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
      field.removeAttribute("aria-controls");
    };

    const choose = (number) => {
      const options = [...list.children];
      chosen = (number + options.length + 1) % (options.length + 1); // the last place is the field itself
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
      if (chosen < options.length) field.setAttribute("aria-activedescendant", options[chosen].id);
      else field.removeAttribute("aria-activedescendant");
    };

    const show = (names, kinds, addresses) => {
      close();
      if (!names.length || document.activeElement !== field) return;
      list = document.createElement("ul");
      list.className = "suggestions";
      list.id = `${field.id}-suggestions`;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "Suggestions");
      names.forEach((name, place) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const { pathname, search } = new URL(addresses[place]); // here, whatever the site calls itself
        option.dataset.address = pathname + search;
        const said = document.createElement("span");
        said.textContent = name;
        const kind = document.createElement("span");
        kind.textContent = kinds[place];
        option.append(said, kind);
        list.append(option);
      });
      list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
      list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) location.assign(option.dataset.address);
      });
      field.after(list);
      chosen = names.length;
      field.setAttribute("aria-controls", list.id);
      field.setAttribute("aria-expanded", "true");
    };

    const ask = async () => {
      const text = field.value.trim();
      if (text === asked) return;
      asked = text;
      request?.abort();
      if (text.length < 2) {
        close();
        return;
      }
      request = new AbortController();
      try {
        const answer = await fetch(`${field.dataset.suggest}?${new URLSearchParams({ q: text })}`, { signal: request.signal });
        if (!answer.ok) return;
        const [of, names, kinds, addresses] = await answer.json();
        if (of === field.value.trim()) show(names, kinds, addresses);
      } catch { /* gone on typing, or no network: no suggestions */ }
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (!list || event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen < list.children.length) location.assign(list.children[chosen].dataset.address);
      else return;
      event.preventDefault();
    });
  }
})();
