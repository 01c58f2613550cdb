// The script's part for canned replies: the chosen text goes in where the cursor stands; without this file the page comes back with it.

extension Script {
    static let canned = #"""
    (() => {
      "use strict";
      const button = document.querySelector("button[data-canned]");
      if (!button) return;
      const form = button.form, choice = form.elements.canned, area = form.elements.body;
      let been = false, plain = false;
      area.addEventListener("focus", () => { been = true; });
      button.addEventListener("click", async event => {
        if (plain) return;
        event.preventDefault();
        if (!choice.value) { choice.focus(); return; }
        button.disabled = true;
        try {
          const answer = await fetch(button.dataset.canned + encodeURIComponent(choice.value));
          if (!answer.ok || answer.redirected) throw new Error(answer.status);
          const text = await answer.text();
          // Who never was in the field wants it behind what is there.
          if (!been) area.setSelectionRange(area.value.length, area.value.length);
          const before = area.value.slice(0, area.selectionStart).trimEnd();
          const from = before ? before.length : 0;
          area.setRangeText((before ? "\n\n" : "") + text, from, area.selectionEnd, "end");
          area.focus();
          area.dispatchEvent(new Event("input", {bubbles: true}));
        } catch {
          // The long way says what is wrong.
          plain = true;
          button.disabled = false;
          button.click();
          return;
        }
        button.disabled = false;
      });
    })();
    """#
}
