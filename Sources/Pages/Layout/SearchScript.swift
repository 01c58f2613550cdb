// The script's part for searching: `/` leads into the box from anywhere on a page.

extension Script {
    static let search = #"""
    (() => {
      "use strict";
      const box = document.getElementById("seek");
      if (!box) return;
      const key = document.createElement("kbd");
      key.textContent = "/";
      key.setAttribute("aria-hidden", "true");
      box.after(key);
      document.addEventListener("keydown", event => {
        if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
        // Where people type, it is a sign like any other.
        if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
        event.preventDefault();
        box.focus();
        box.select();
      });
    })();
    """#
}
