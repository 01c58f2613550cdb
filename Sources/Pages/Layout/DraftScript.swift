// The script's part for drafts: what is being written is kept two seconds after the last key, so that a closed window loses nothing.

extension Script {
    static let drafts = #"""
    (() => {
      "use strict";
      for (const area of document.querySelectorAll("textarea[data-draft]")) {
        const said = document.createElement("span");
        said.className = "hint";
        said.setAttribute("role", "status");
        area.after(said);
        let timer = 0, kept = area.value;
        const keep = async () => {
          if (area.value === kept || area.form.dataset.sent) return;
          const text = area.value, body = new URLSearchParams({form_token: area.form.elements.form_token.value, body: text, quiet: "yes"});
          try {
            const answer = await fetch(area.dataset.draft, {method: "POST", body, keepalive: text.length < 30000});
            if (!answer.ok) throw new Error(answer.status);
            kept = text;
            said.textContent = "Draft kept.";
          } catch { said.textContent = "The draft could not be kept. It stays here while this page is open."; }
        };
        area.addEventListener("input", () => { said.textContent = ""; clearTimeout(timer); timer = setTimeout(keep, 2000); });
        document.addEventListener("visibilitychange", () => { if (document.hidden) { clearTimeout(timer); keep(); } });
      }
    })();
    """#
}
