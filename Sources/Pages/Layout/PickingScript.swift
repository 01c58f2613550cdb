// The script's part for choosing tickets: how many are chosen, and all of the page by one box.

extension Script {
    static let picking = #"""
    (() => {
      "use strict";
      const said = document.querySelector("[data-picked]");
      if (!said) return;
      // Looked for anew each time: the list is replaced while it is open.
      const boxes = () => [...document.querySelectorAll("input[name=ticket][form=bulk]")], words = said.textContent;
      const label = document.createElement("label"), every = document.createElement("input");
      label.className = "pickall";
      every.type = "checkbox";
      label.append(every, "Choose all shown here");
      const shown = () => boxes().filter(box => box.offsetParent !== null);
      const show = () => {
        const count = boxes().filter(box => box.checked).length;
        said.textContent = count ? words + " (" + count + ")" : words;
        every.checked = count > 0 && shown().every(box => box.checked);
        if (count) said.parentElement.open = true;
      };
      every.addEventListener("change", () => { shown().forEach(box => { box.checked = every.checked; }); show(); });
      document.addEventListener("change", event => { if (event.target.matches("input[name=ticket][form=bulk]")) show(); });
      document.addEventListener("part", show);
      said.parentElement.before(label);
      show();
    })();
    """#
}
